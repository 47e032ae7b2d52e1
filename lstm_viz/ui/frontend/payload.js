/** Read a frame, packed by `payload.py`: its header and named arrays. */

const KINDS = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };
const decoder = new TextDecoder();

/**
 * An array with a shape; the last axis runs fastest.
 *
 * Along its first axis it equals `before` up to `from`; `before` may be null.
 */
class Block {
  constructor(values, shape, from = 0, before = null) {
    this.values = values;
    this.shape = shape;
    this.from = from;
    this.before = before?.name ?? null;
    this.name = Symbol();
  }

  /** Return a view on the numbers along the last axis, at an index of the other axes. */
  row(...indices) {
    const length = this.shape[this.shape.length - 1];
    let start = 0;
    indices.forEach((index, axis) => {
      start = start * this.shape[axis] + index;
    });
    return this.values.subarray(start * length, (start + 1) * length);
  }
}

/** Buffers with spare capacity, by the array that views their beginning. */
const rooms = new WeakMap();

/** Extend an array along its first axis: `kept` entries of the previous one, then those that were sent. */
function grown(before, sent, kept) {
  const length = kept + sent.length;
  let room = rooms.get(before.values);
  // An older array may still view what is behind the kept part.
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

/** Return an array whose beginning along one axis is in the previous one. */
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

/** Restore the header fields that were not sent again, from the previous frame (`delta.py`). */
function complete({ same = [], tails = {}, ...header }, before) {
  for (const name of same) header[name] = before[name];
  for (const [name, count] of Object.entries(tails)) header[name] = [...before[name].slice(0, count), ...header[name]];
  return header;
}

/**
 * Unpack one frame.
 * @param {Uint8Array} bytes as `payload.py` describes them
 * @param {object | null} before the previous frame of the same connection; null for a complete frame
 * @returns {object} the header's fields, `blocks` by name, `steps`, the number of timesteps, and `size` in bytes
 */
export function unpack(bytes, before = null) {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = complete(JSON.parse(decoder.decode(bytes.subarray(4, 4 + size))), before);
  // Typed arrays need aligned offsets, which only a separate buffer guarantees.
  const body = bytes.slice(Math.ceil((4 + size) / 8) * 8).buffer;
  const blocks = {};
  for (const [name, { dtype, shape, offset, axis, from = 0 }] of Object.entries(header.arrays)) {
    const length = shape.reduce((product, size, dimension) => product * (dimension === axis ? size - from : size), 1);
    const [old, sent] = [before?.blocks[name], new KINDS[dtype](body, offset, length)];
    blocks[name] = from && axis === 0
      ? new Block(joined(old, sent, shape, axis, from), shape, from, old)
      : new Block(from ? joined(old, sent, shape, axis, from) : sent, shape);
  }
  return { ...header, blocks, steps: (header.tokens ?? []).length, size: bytes.length };
}
