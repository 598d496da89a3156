type Range = [from: number, to: number];

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Where the EXIF blocks of a JPEG lie: its segments APP1, all of which come before the pixels. */
const exifOfJpeg = (bytes: DataView): Range[] => {
  const found: Range[] = [];
  for (let at = 2; at + 4 <= bytes.byteLength && bytes.getUint8(at) === 0xff;) {
    const marker = bytes.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }

    if (marker === 0xda) break;
    const end = at + 2 + bytes.getUint16(at + 2);
    if (marker === 0xe1) found.push([at, end]);
    at = end;
  }

  return found;
};

const exifOfPng = (bytes: DataView): Range[] => {
  const found: Range[] = [];
  for (let at = pngSignature.length; at + 12 <= bytes.byteLength;) {
    const end = at + 12 + bytes.getUint32(at);
    if (bytes.getUint32(at + 4) === 0x65584966) found.push([at, end]);
    at = end;
  }

  return found;
};

/**
 * The picture without what says how it is to be turned: so the app reads it, and its answer is in these pixels. Chromium turns
 * a picture by its EXIF, whatever `imageOrientation` they are given.
 */
export const asStored = async (picture: Blob): Promise<Blob> => {
  const bytes = new DataView(await picture.arrayBuffer());
  const isPng = bytes.byteLength > pngSignature.length && pngSignature.every((byte, index) => bytes.getUint8(index) === byte);
  const isJpeg = bytes.byteLength > 2 && bytes.getUint16(0) === 0xffd8;
  const left = isPng ? exifOfPng(bytes) : isJpeg ? exifOfJpeg(bytes) : [];
  const edges = [0, ...left.flat(), picture.size];
  return new Blob(edges.flatMap((from, index) => (index % 2 === 0 ? [picture.slice(from, edges[index + 1])] : [])), { type: picture.type });
};
