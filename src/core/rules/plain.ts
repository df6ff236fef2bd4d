/** Names, numbers and times as people say them. */

/** `gx/ipfs/Qm…/go-mfs.F`, `…/Godeps/_workspace/src/github.com/x/y.F` and vendored names without the wrapping. */
export function clean(func: string): string {
  if (!func.includes('/ipfs/Qm') && !func.includes('_workspace/src/') && !func.includes('/vendor/')) return func;
  return func
    .replace(/^.*\/vendor\//, '')
    .replace(/^.*_workspace\/src\//, '')
    .replace(/^(?:.*\/)?gx\/ipfs\/Qm\w+\//, '');
}

/** Package and name: `dspinner.(*pinner).Pin` of `github.com/…/pinner/dspinner.(*pinner).Pin`. */
export function short(func: string): string {
  const bracket = func.indexOf('[');
  const slash = func.lastIndexOf('/', bracket < 0 ? undefined : bracket);
  const last = func.slice(slash + 1);
  if (/^v\d+\./.test(last) && slash > 0) return `${func.slice(func.lastIndexOf('/', slash - 1) + 1, slash)}${last.replace(/^v\d+/, '')}`;
  return last;
}

/** `20 x ipfs add`, `ipfs repo gc`: for boxes of a diagram, without backticks. */
export function boxed(text: string, count = 1): string {
  const bare = text.replaceAll('`', '').replace(/^an? /, count > 1 ? '' : '$&');
  return count > 1 ? `${count} x ${bare}` : bare;
}

/** `20 `ipfs add``, `4 gateway requests`, `12 goroutines of the reprovider`, or the words alone for one. */
export function times(count: number, text: string): string {
  if (count === 1) return text;
  const many = count.toLocaleString('en-US');
  if (/^(?:the |kubo's |bitswap's )/.test(text)) return `${many} goroutines of ${text}`;
  return `${many} ${text.replace(/^an? /, '').replace(/(?:command|request|mount|goroutine)$|^listing/, '$&s')}`;
}

/** First letter up, for the head of a sentence. */
export function capital(text: string): string {
  return text.startsWith('`') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `5 minutes`, `2 hours`, `3 days`; '' when unknown. */
export function since(minutes: number | undefined): string {
  if (minutes === undefined) return '';
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? '' : 's'}`;
  if (minutes < 60 * 48) return `${Math.round(minutes / 60)} hours`;
  return `${Math.round(minutes / 1440)} days`;
}

/** Bytes as people say them, units of 1024. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (Math.abs(value) >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

/** `63 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Words of a log on one line of code, shortened. */
export function quoted(text: string): string {
  return text.replaceAll('`', "'").replace(/\s+/g, ' ').slice(0, 160);
}
