"""From two existing files to the overlay that turns the first into the second, with proof."""
