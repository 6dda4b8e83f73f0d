import { userInfo } from 'node:os'

/** The account of the operating system that runs the command; names of keys are made of it. */
export const operatorName = (): string => `system:${userInfo().username.replace(/[^\w.@-]/g, '_')}`
