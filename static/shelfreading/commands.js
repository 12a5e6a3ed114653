// The command card (spec B9): what a reader's codes say beside naming books. Pure; the same rules
// as shelfreading/domain/commands.py, so that a code says the same here and from a reader's memory.

export const [SCAN, MARK, NO_BARCODE, SHELF_END, UNDO] = [
  "scan", "mark", "no_barcode", "shelf_end", "undo",
];
// What names a book: a mark speaks of the last of these that stands.
const BOOKS = new Set([SCAN, NO_BARCODE]);

// rows: [[code, kind, value, label], …] as the list from the server brings them.
export const readCard = (rows) =>
  new Map(rows.map(([code, kind, value, label]) => [code, { code, kind, value, label }]));

// What was said so far and still stands. Each thing said is an object {kind, value, about}, to
// which the page adds what it needs; `about` is the thing it speaks of, or null where there is none.
export const openDoings = () => {
  const standing = [];

  const last = (wanted) => standing.findLast((one) => wanted.has(one.kind)) ?? null;

  const add = (kind, value, about = null) => {
    const doing = { kind, value, about };
    if (kind !== UNDO) standing.push(doing);
    return doing;
  };

  // Undo takes back the last thing that still stands, so two of them take back two things.
  const undo = () => add(UNDO, "", standing.pop() ?? null);

  // Takes back one thing wherever it stands: what a better one has replaced.
  const withdraw = (doing) => {
    const index = standing.lastIndexOf(doing);
    if (index >= 0) standing.splice(index, 1);
    return add(UNDO, "", doing);
  };

  const say = (command, code) => {
    if (!command) return add(SCAN, code);
    if (command.kind === UNDO) return undo();
    if (command.kind === MARK) return add(MARK, command.value, last(BOOKS));
    return add(command.kind, command.value);
  };

  return { standing, say, add, undo, withdraw, lastBook: () => last(BOOKS) };
};

// One action a code, in their order, `about` as an index among them: interpret() in commands.py.
export const interpret = (codes, card) => {
  const { say } = openDoings();
  const said = codes.map((code) => say(card.get(code), code));
  const indexOf = new Map(said.map((doing, index) => [doing, index]));
  return said.map(({ kind, value, about }) => ({ kind, value, about: indexOf.get(about) ?? null }));
};
