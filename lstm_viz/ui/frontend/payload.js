/**
 * Reading a frame: the bytes that `frame.py` packs, as a header and named blocks of numbers.
 */

const KINDS = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };
const decoder = new TextDecoder();

/**
 * Numbers with a shape; the last axis runs fastest.
 *
 * Along its first axis the block is the same up to `from` as the one called `before` was; a block may know nobody before it.
 */
class Block {
  constructor(values, shape, from = 0, before = null) {
    this.values = values;
    this.shape = shape;
    this.from = from;
    this.before = before?.name ?? null;
    this.name = Symbol();
  }

  /** The numbers along the last axis at one place of the axes before it, as a view, not a copy. */
  row(...place) {
    const length = this.shape[this.shape.length - 1];
    let start = 0;
    place.forEach((index, axis) => {
      start = start * this.shape[axis] + index;
    });
    return this.values.subarray(start * length, (start + 1) * length);
  }
}

/** Memory with room behind what is used of it, by the array that looks at its beginning. */
const rooms = new WeakMap();

/** The numbers of a block that goes on along its first axis: `kept` from the block before, then what was sent. */
function grown(before, sent, kept) {
  const length = kept + sent.length;
  let room = rooms.get(before.values);
  // What stands behind the kept part may still be looked at.
  if (!room || room.used !== kept || room.values.length < length) {
    room = { values: new sent.constructor(length + Math.max(4096, length >> 2)), used: kept };
    room.values.set(before.values.subarray(0, kept));
  }
  room.values.set(sent, kept);
  room.used = length;
  const values = room.values.subarray(0, length);
  rooms.set(values, room);
  return values;
}

/** The numbers of a block whose beginning along one axis stands in the block before it. */
function joined(before, sent, shape, axis, from) {
  const size = (axes) => axes.reduce((product, length) => product * length, 1);
  const inner = size(shape.slice(axis + 1));
  if (axis === 0) return sent.length ? grown(before, sent, from * inner) : before.values.subarray(0, from * inner);
  const [old, fresh, whole] = [before.shape[axis] * inner, (shape[axis] - from) * inner, shape[axis] * inner];
  const values = new sent.constructor(size(shape));
  for (let row = 0; row * whole < values.length; row++) {
    values.set(before.values.subarray(row * old, row * old + from * inner), row * whole);
    values.set(sent.subarray(row * fresh, (row + 1) * fresh), row * whole + from * inner);
  }
  return values;
}

/** The header's fields, with those that were not sent again taken from the frame before (`delta.py`). */
function complete({ same = [], tails = {}, ...header }, before) {
  for (const name of same) header[name] = before[name];
  for (const [name, count] of Object.entries(tails)) header[name] = [...before[name].slice(0, count), ...header[name]];
  return header;
}

/**
 * Unpack one frame.
 * @param {Uint8Array} bytes as `frame.py` describes them
 * @param {object | null} before the frame that came before on the same connection: what it holds need not be sent again
 * @returns {object} the header's fields, `blocks` by name, `steps`, the number of timesteps, and `size` in bytes
 */
export function unpack(bytes, before = null) {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = complete(JSON.parse(decoder.decode(bytes.subarray(4, 4 + size))), before);
  // Typed arrays must start at a multiple of their item's size, which only a buffer of their own guarantees.
  const body = bytes.slice(Math.ceil((4 + size) / 8) * 8).buffer;
  const blocks = {};
  for (const [name, { dtype, shape, offset, axis, from = 0 }] of Object.entries(header.arrays)) {
    const length = shape.reduce((product, size, place) => product * (place === axis ? size - from : size), 1);
    const [old, sent] = [before?.blocks[name], new KINDS[dtype](body, offset, length)];
    blocks[name] = from && axis === 0
      ? new Block(joined(old, sent, shape, axis, from), shape, from, old)
      : new Block(from ? joined(old, sent, shape, axis, from) : sent, shape);
  }
  return { ...header, blocks, steps: (header.tokens ?? []).length, size: bytes.length };
}
