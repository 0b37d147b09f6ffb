// The event types of PLOVER, in families: fights, words against, words for, help. base.css has their colours.

export const TYPES = [
  "ASSAULT", "COERCE", "PROTEST", "MOBILIZE", "SANCTION",
  "THREATEN", "ACCUSE", "REJECT", "REQUEST",
  "CONSULT", "AGREE", "SUPPORT",
  "COOPERATE", "AID", "CONCEDE", "RETREAT",
];

export function typeClass(type) {
  return TYPES.includes(type) ? `type-${type.toLowerCase()}` : "type-other";
}

export function colourName(type) {
  return TYPES.includes(type) ? `--${type.toLowerCase()}` : "--other";
}

export function typeWord(type) {
  return type ? type[0] + type.slice(1).toLowerCase() : "Other";
}

export function orderOf(type) {
  const place = TYPES.indexOf(type);
  return place < 0 ? TYPES.length : place;
}
