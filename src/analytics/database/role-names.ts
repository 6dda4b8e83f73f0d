/** The role that owns the schemas of analysts' projections, in the embedded Postgres; elsewhere ANALYTICS_DATABASE_URL names it. */
export const ANALYTICS_ROLE = 'parley_analytics'

/** The same for the one that reads. */
export const READER_ROLE = 'parley_analytics_reader'

/** The role that may only read schema `analytics`, for BI tools. */
export const readerRole = (analyticsRole: string): string => `${analyticsRole}_reader`
