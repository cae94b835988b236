/** Longest side of a picture in pixels: what makers scale larger ones down to themselves. */
const LONGEST_SIDE = 1568;
const KEPT_AS_IS_BYTES = 400_000;
const TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** What `ACCEPTED` of a file field says. */
export const ACCEPTED = [...TYPES].join(',');

/** A picture as a data URL; larger ones scaled down. `null` for a file that is no picture this browser can read. */
export async function pictureOf(file: File): Promise<string | null> {
  try {
    if (TYPES.has(file.type) && file.size <= KEPT_AS_IS_BYTES) return await dataUrl(file);
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await dataUrl(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 }));
  } catch {
    return null;
  }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(reader.error ?? new Error('it cannot be read'));
    reader.readAsDataURL(blob);
  });
}

const SHOWN_CHARS = 48;

/**
 * A request with its pictures shortened, so that they can be shown and looked through, and the way back to the whole ones.
 * What stands for a picture is base64 too, and as good as unique: its beginning and its number.
 */
export function shortened<T>(request: T): { readonly request: T; readonly whole: (code: string) => string } {
  const pictures: { short: string; long: string }[] = [];
  const text = JSON.stringify(request).replaceAll(/base64,([A-Za-z0-9+/]+={0,2})/g, (all, long: string) => {
    if (long.length <= SHOWN_CHARS * 2) return all;
    const number = String(pictures.length).padStart(4, '0');
    const short = `${long.slice(0, SHOWN_CHARS)}shortenedHere${number}AAA`;
    pictures.push({ short, long });
    return `base64,${short}`;
  });
  return {
    request: JSON.parse(text) as T,
    whole: (code) => pictures.reduce((before, { short, long }) => before.replaceAll(short, long), code),
  };
}
