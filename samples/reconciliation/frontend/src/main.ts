import { type Books, type Reconciliation, parseBooks } from "./books.js";

const form = document.querySelector("form")!;
const output = document.querySelector("output")!;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    output.textContent = describe(await reconcile(parseBooks(new FormData(form))));
  } catch (error) {
    output.textContent = String(error);
  }
});

async function reconcile(books: Books): Promise<Reconciliation> {
  const response = await fetch("/api/reconcile", { method: "POST", body: JSON.stringify(books) });
  if (!response.ok) {
    throw new Error(`the backend answered ${response.status}: ${await response.text()}`);
  }
  return response.json();
}

function describe(result: Reconciliation): string {
  return [
    `matched: ${result.matched.join(", ") || "nothing"}`,
    ...result.different.map(
      (entry) => `${entry.reference}: ${entry.ledger} cents in the ledger, ${entry.statement} in the statement`,
    ),
    `only in the ledger: ${result.only_in_ledger.join(", ") || "nothing"}`,
    `only in the statement: ${result.only_in_statement.join(", ") || "nothing"}`,
  ].join("\n");
}
