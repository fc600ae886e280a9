import { describeApi } from './conformance.ts';
import { libraryContract } from './testing/library.ts';
import { notebookContract } from './testing/notebook.ts';

describeApi('the library', libraryContract);
describeApi('the notebook', notebookContract);
