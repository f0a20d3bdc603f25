"""What the page of measurements adds to the style that all pages share."""

from typing import Final

STYLE: Final = """
:root { --base: #8c959f; --variant: #0969da; }
@media (prefers-color-scheme: dark) { :root { --base: #7d8590; --variant: #4493f8; } }
figure { margin: 1.25rem 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
svg.bars { width: 100%; min-width: 34rem; margin: .25rem 0; } svg.bars text { font-size: 13px; }
svg.bars text.label { font-weight: 600; }
svg.bars rect.base { fill: var(--base); stroke: none; } svg.bars rect.variant { fill: var(--variant); stroke: none; }
svg.bars rect + rect { stroke: var(--paper); stroke-width: 1; }
svg.bars .k-dependencies { opacity: .55; } svg.bars .k-copy { opacity: .4; } svg.bars .k-other { opacity: .7; }
svg.bars .k-context, svg.bars .k-base-images, svg.bars .k-export { opacity: .3; }
svg.bars .range { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.key { display: inline-block; width: .9em; height: .9em; border-radius: 2px; vertical-align: -.1em;
  margin-right: .35em; }
.key.base { background: var(--base); } .key.variant { background: var(--variant); }
.legend { display: flex; gap: 1.5rem; list-style: none; padding: 0; }
td.number, th.number { text-align: right; } tr.under th { font-weight: 400; padding-left: 1.25rem; color: var(--dim); }
td.faster { color: var(--green); font-weight: 600; } td.slower { color: var(--red); font-weight: 600; }
li.ok::marker { content: "\\2713\\20"; color: var(--green); } li.doubt::marker { content: "? "; color: var(--amber); }
li.WRONG { color: var(--red); font-weight: 600; } li.WRONG::marker { content: "\\2717\\20"; }
.banner { border: 2px solid var(--red); border-radius: 6px; padding: .5rem 1rem; background: var(--red-soft);
  color: var(--red); font-weight: 600; }
"""
