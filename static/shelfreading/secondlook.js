// The second look on the device (spec B5): what was not seen on the shelves that were read, in
// walking order, each between the neighbours that were seen; works without a network.

// The stretches that count as read: most of the copies that should stand there were seen. Each with
// those that were not, as {position, after, before}; a neighbour is null where the shelves end.
export const notSeen = (list, wasRead) => {
  const stands = (position) => list.status(position) === "a" && !list.isLent(position);
  const found = [];
  list.stretches.forEach(([first, last, label], index) => {
    let read = 0;
    const unseen = [];
    for (let position = first; position <= last; position += 1) {
      if (!stands(position)) continue;
      if (wasRead(position)) read += 1;
      else unseen.push(position);
    }
    if (!unseen.length || read <= unseen.length) return;
    const books = unseen.map((position) => ({
      position,
      after: neighbour(list, wasRead, position, -1),
      before: neighbour(list, wasRead, position, 1),
    }));
    found.push({ index, label, books });
  });
  return found;
};

// The nearest book on the same shelves that was seen.
const neighbour = (list, wasRead, position, step) => {
  const run = list.run(position);
  for (let place = position + step; place >= 0 && place < list.size; place += step) {
    if (list.run(place) !== run) return null;
    if (wasRead(place)) return place;
  }
  return null;
};

// How far a stretch is: {read, all} of the copies that should stand there.
export const progressOf = (list, wasRead, index) => {
  const [first, last] = list.stretches[index];
  let [read, all] = [0, 0];
  for (let position = first; position <= last; position += 1) {
    if (wasRead(position)) read += 1;
    else if (list.status(position) !== "a" || list.isLent(position)) continue;
    all += 1;
  }
  return { read, all };
};

// The stretch that a position lies in, by its index; -1 before the first.
export const stretchAt = (list, position) => {
  let [low, high] = [0, list.stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list.stretches[middle][0] <= position) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
