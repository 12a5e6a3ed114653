// The fewest moves that put a shelf right (spec B1). Pure; the same as
// shelfreading/domain/shelf_order.py: what was seen holds a longest run in shelf order, and the
// copies outside it, and no others, have to move. What belongs together moves as one block.

export const UNREADABLE = -1;

// The first place in `sorted` whose value is greater than (right) or not less than (left) `value`.
const bisectRight = (sorted, value) => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < sorted[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
};
const bisectLeft = (sorted, value) => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

// Indices of a longest non-decreasing subsequence, ascending.
export const longestRunInOrder = (ranks) => {
  const lastRanks = []; // smallest last rank of a run of each length
  const lastIndex = []; // and where in the walk it stands
  const previous = new Array(ranks.length).fill(-1);
  ranks.forEach((rank, index) => {
    const length = bisectRight(lastRanks, rank);
    if (length) previous[index] = lastIndex[length - 1];
    lastRanks[length] = rank;
    lastIndex[length] = index;
  });
  for (let place = lastIndex.length - 1; place > 0; place -= 1) {
    lastIndex[place - 1] = previous[lastIndex[place]];
  }
  return lastIndex;
};

// The runs of shelves in the order of their middle copy: whoever reads the children's shelves
// first accuses no book, and neither does one stray.
const runsAsWalked = (walkRuns) => {
  const left = new Map();
  for (const run of walkRuns) left.set(run, (left.get(run) ?? 0) + 1);
  for (const [run, count] of left) left.set(run, Math.floor(count / 2));
  const walked = [];
  for (const run of walkRuns) {
    if (!left.has(run)) continue;
    left.set(run, left.get(run) - 1);
    if (left.get(run) < 0) {
      walked.push(run);
      left.delete(run);
    }
  }
  return walked;
};

const ranksAsWalked = (walk, rank, run) => {
  const ranks = walk.map(rank);
  const walked = runsAsWalked(walk.map(run));
  if (walked.every((one, place) => !place || walked[place - 1] <= one)) return ranks;
  const span = Math.max(...ranks) + 1;
  const shift = new Map(walked.map((one, place) => [one, place * span]));
  return ranks.map((one, index) => one + shift.get(run(walk[index])));
};

const split = (walk, walkRanks, run) => {
  const kept = longestRunInOrder(walkRanks);
  const keptRanks = kept.map((index) => walkRanks[index]);
  const stays = new Set(kept);
  const blocks = [];
  let lastIndex = -2;
  let lastGap = -2;
  walk.forEach((position, index) => {
    if (stays.has(index)) return;
    const gap = bisectRight(keptRanks, walkRanks[index]);
    const together =
      lastIndex === index - 1 &&
      lastGap === gap &&
      walkRanks[index] >= walkRanks[lastIndex] &&
      run(position) === run(walk[lastIndex]);
    if (together) blocks.at(-1).push(position);
    else blocks.push([position]);
    [lastIndex, lastGap] = [index, gap];
  });
  return [kept.map((index) => walk[index]), blocks];
};

// walks: each a reader's way along the shelves, positions in the list in the order seen, none
// twice. rank and run are functions of a position. Gives {items, after, before}, the neighbours
// as positions that stand where they belong, or null where a run of shelves ends.
export const fewestMoves = (walks, rank, run) => {
  const kept = [];
  const blocks = [];
  for (const walk of walks) {
    const readable = walk.filter((position) => rank(position) !== UNREADABLE);
    const [stay, move] = split(readable, ranksAsWalked(readable, rank, run), run);
    kept.push(...stay);
    blocks.push(...move);
  }
  // Equal call numbers stay as they stand: a neighbour is the book next to the gap.
  kept.sort((one, other) => rank(one) - rank(other));
  const keptRanks = kept.map(rank);
  return blocks.map((items) => {
    const afterPlace = bisectRight(keptRanks, rank(items[0])) - 1;
    const beforePlace = Math.max(afterPlace + 1, bisectLeft(keptRanks, rank(items.at(-1))));
    const neighbour = (place) =>
      place >= 0 && place < kept.length && run(kept[place]) === run(items[0]) ? kept[place] : null;
    return { items, after: neighbour(afterPlace), before: neighbour(beforePlace) };
  });
};

// Runs of shelves of at least ten seen copies of which more than half would move: there the rule
// is to be doubted, and not the shelf (reconcile.py).
export const doubtfulRuns = (walk, moves, run) => {
  const seen = new Map();
  const astray = new Map();
  const count = (tally, position) => tally.set(run(position), (tally.get(run(position)) ?? 0) + 1);
  for (const position of walk) count(seen, position);
  for (const move of moves) for (const position of move.items) count(astray, position);
  return [...seen].filter(([one, all]) => all >= 10 && (astray.get(one) ?? 0) * 2 > all).map(([one]) => one);
};
