/**
 * Reading a frame: the bytes that `frame.py` packs, as a header and named blocks of numbers.
 */

const KINDS = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };
const decoder = new TextDecoder();

/** Numbers with a shape; the last axis runs fastest. */
class Block {
  constructor(values, shape) {
    this.values = values;
    this.shape = shape;
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

/**
 * Unpack one frame.
 * @param {Uint8Array} bytes as `frame.py` describes them
 * @returns {object} the header's fields, `blocks` by name, `steps`, the number of timesteps, and `size` in bytes
 */
export function unpack(bytes) {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(decoder.decode(bytes.subarray(4, 4 + size)));
  // Typed arrays must start at a multiple of their item's size, which only a buffer of their own guarantees.
  const body = bytes.slice(Math.ceil((4 + size) / 8) * 8).buffer;
  const blocks = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays)) {
    const length = shape.reduce((product, axis) => product * axis, 1);
    blocks[name] = new Block(new KINDS[dtype](body, offset, length), shape);
  }
  return { ...header, blocks, steps: (header.tokens ?? []).length, size: bytes.length };
}
