/** The nouns, in the order in which a report comes to be. */
export type * from './model/thread.ts';
export type * from './model/artefact.ts';
export type * from './model/goroutines.ts';
export type * from './model/profile.ts';
export type * from './model/binary.ts';
export type * from './model/capture.ts';
export type * from './model/report.ts';
export type * from './model/question.ts';
export type * from './model/action.ts';
