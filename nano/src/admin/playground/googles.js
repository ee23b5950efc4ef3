// The messages of Google's that have a form of their own in JSON: a time, a duration, and single values.

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

const nanosOf = (digits = '') => Number(digits.padEnd(9, '0'));

/** Writes the part of a second behind the dot in three, six or nine digits, or not at all. */
function fraction(nanos) {
  if (!nanos) return '';
  return `.${String(nanos).padStart(9, '0').replace(/(000){1,2}$/, '')}`;
}

function parts(pattern, value, path, expected) {
  const found = typeof value === 'string' ? pattern.exec(value) : null;
  if (!found) throw new TypeError(`${path}: ${expected} is expected, not ${JSON.stringify(value)}`);
  return found;
}

const timestamp = {
  name: 'time',
  example: () => new Date().toISOString(),
  toFields(value, path) {
    const expected = 'a time such as "2026-01-02T03:04:05Z"';
    const [, time, digits, zone] = parts(TIME, value, path, expected);
    const milliseconds = Date.parse(time + zone);
    if (Number.isNaN(milliseconds)) throw new TypeError(`${path}: ${expected} is expected, not ${JSON.stringify(value)}`);
    return { seconds: milliseconds / 1000, nanos: nanosOf(digits) };
  },
  fromFields({ seconds, nanos }) {
    const time = new Date(Number(seconds) * 1000);
    if (Number.isNaN(time.getTime())) return { seconds, nanos };
    return time.toISOString().replace('.000Z', `${fraction(nanos)}Z`);
  },
};

const duration = {
  name: 'duration',
  example: () => '0s',
  toFields(value, path) {
    const [, sign, seconds, digits] = parts(DURATION, value, path, 'a duration such as "1.5s"');
    const factor = sign ? -1 : 1;
    // Not -0, which is no whole number to everybody.
    return { seconds: factor * Number(seconds) || 0, nanos: factor * nanosOf(digits) || 0 };
  },
  fromFields({ seconds, nanos }) {
    const isNegative = seconds < 0 || nanos < 0;
    return `${isNegative ? '-' : ''}${String(seconds).replace('-', '')}${fraction(Math.abs(nanos))}s`;
  },
};

/** A message that is the one value in it. */
const single = { toFields: (value) => ({ value }), fromFields: ({ value }) => value };

export const googles = {
  __proto__: null,
  'google.protobuf.Timestamp': timestamp,
  'google.protobuf.Duration': duration,
  ...Object.fromEntries(
    ['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map((name) => [`google.protobuf.${name}Value`, single]),
  ),
};
