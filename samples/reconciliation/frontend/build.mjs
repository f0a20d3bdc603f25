// After the compiler: what the page needs besides the compiled modules.
import { cp } from "node:fs/promises";

await cp("public", "dist", { recursive: true });
// nginx serves .js as JavaScript; it does not know .mjs.
await cp("node_modules/big.js/big.mjs", "dist/vendor/big.js");
