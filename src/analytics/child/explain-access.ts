/** Node's own advice, to allow more by its arguments, is not the analyst's to follow. */
export const explainAccess = (code: string, message: string): string =>
  code === 'ERR_ACCESS_DENIED'
    ? 'a projection may read files in PROJECTIONS_DIR and nothing else: no other files, no writing, no processes or workers'
    : message
