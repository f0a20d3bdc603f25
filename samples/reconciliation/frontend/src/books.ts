import Big from "big.js";

export interface Entry {
  reference: string;
  cents: number;
}

export interface Books {
  ledger: Entry[];
  statement: Entry[];
}

export interface Reconciliation {
  matched: string[];
  different: { reference: string; ledger: number; statement: number }[];
  only_in_ledger: string[];
  only_in_statement: string[];
}

export function parseBooks(form: FormData): Books {
  return { ledger: parseEntries(form, "ledger"), statement: parseEntries(form, "statement") };
}

// One entry a line: a reference, blanks, an amount such as 120.50.
function parseEntries(form: FormData, name: string): Entry[] {
  const lines = String(form.get(name)).split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").map(parseEntry);
}

function parseEntry(line: string): Entry {
  const [reference, amount] = line.split(/\s+/);
  // Not parseFloat: 0.29 * 100 is 28.999999999999996.
  return { reference, cents: new Big(amount).times(100).toNumber() };
}
