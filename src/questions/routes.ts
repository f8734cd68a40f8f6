import { z } from 'zod'
import { BreakGlassHeader, throughGlass } from '../break-glass/through-glass.ts'
import { problems } from '../http/contract/problems.ts'
import { respond } from '../http/contract/responses.ts'
import type { Routes } from '../http/contract/route-schema.ts'
import { linkNext } from '../http/cursor.ts'
import { etagOf, isUnmodified, requireIfMatch } from '../http/etag.ts'
import { etagHeader, linkHeader, locationHeader } from '../http/header-docs.ts'
import { IdempotencyKey, IfMatch, IfNoneMatch } from '../http/schemas.ts'
import { ReportParams } from '../reports/schemas.ts'
import { answerQuestion } from './answer-question.ts'
import { askQuestion } from './ask-question.ts'
import { answeredExample, answerQuestionExample, askQuestionExample, questionExample } from './examples.ts'
import { findQuestion } from './find-question.ts'
import { listQuestions } from './list-questions.ts'
import { questionView } from './question-view.ts'
import {
  AnswerQuestion,
  AskQuestion,
  ListQuestionsQuery,
  QuestionPage,
  QuestionParams,
  QuestionView,
} from './schemas.ts'

/** Talk down the line: a level above asks the office that posted a report, and that office answers. */
export const questionRoutes: Routes<{ cursorKey: Uint8Array }> = async (app, { cursorKey }) => {
  app.post(
    '/reports/:id/questions',
    {
      config: { scope: 'reports:verify', notFound: 'report_not_found' },
      schema: {
        operationId: 'askQuestion',
        tags: ['questions'],
        summary: 'Ask the office that posted a report about it',
        description:
          'By the holding level or any level above the office that posted it, while the report is submitted, verified or ' +
          'escalated. The question waits in the inbox of that office. It stands under the highest handling that the report ' +
          'has from then on, and whoever is not cleared for that sees neither question nor answer.',
        params: ReportParams,
        headers: z.object({ 'idempotency-key': IdempotencyKey.optional() }),
        body: AskQuestion,
        bodyExamples: { perpetrators: askQuestionExample },
        response: {
          201: respond(QuestionView, {
            description: 'The question as it stands',
            headers: {
              Location: locationHeader,
              ETag: etagHeader,
              'Idempotent-Replayed': {
                description: '`true` when it had been asked before',
                schema: { type: 'string', enum: ['true'] },
              },
            },
            examples: { perpetrators: questionExample },
          }),
          ...problems('report_not_found', 'not_in_charge', 'transition_not_allowed', 'idempotency_conflict'),
        },
      },
    },
    async ({ context, params: { id: reportId }, headers, body: given }, reply) => {
      const idempotencyKey = headers['idempotency-key']
      const { question, replayed } = await askQuestion(context, reportId, { given, idempotencyKey })
      const { id, version } = question
      reply.code(201).header('location', `/v1/reports/${reportId}/questions/${id}`).header('etag', etagOf(id, version))
      if (replayed) reply.header('idempotent-replayed', 'true')
      return questionView(question)
    },
  )

  app.get(
    '/reports/:id/questions',
    {
      config: { scope: 'reports:read', notFound: 'report_not_found' },
      schema: {
        operationId: 'listQuestions',
        tags: ['questions'],
        summary: 'What was asked about a report, and what was answered',
        params: ReportParams,
        querystring: ListQuestionsQuery,
        headers: z.object(BreakGlassHeader),
        response: {
          200: respond(QuestionPage, { headers: { Link: linkHeader } }),
          ...problems('report_not_found', 'cursor_invalid'),
        },
      },
    },
    async (request, reply) => {
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const page = await listQuestions({ ...context, cursorKey }, request.params.id, request.query)
      if (page.next !== null) reply.header('link', linkNext(request.url, page.next))
      return page
    },
  )

  app.get(
    '/reports/:id/questions/:questionId',
    {
      config: { scope: 'reports:read', notFound: 'question_not_found' },
      schema: {
        operationId: 'findQuestion',
        tags: ['questions'],
        summary: 'Read a question and its answer',
        params: QuestionParams,
        headers: z.object({ 'if-none-match': IfNoneMatch.optional(), ...BreakGlassHeader }),
        response: {
          200: respond(QuestionView, { headers: { ETag: etagHeader }, examples: { perpetrators: answeredExample } }),
          304: respond(null, { description: 'The version that the caller has', headers: { ETag: etagHeader } }),
          ...problems('question_not_found'),
        },
      },
    },
    async (request, reply) => {
      const { id: reportId, questionId } = request.params
      const context = await throughGlass(request.context, request.headers['break-glass'])
      const question = await findQuestion(context, { id: questionId, reportId })
      const tag = etagOf(question.id, question.version)
      reply.header('etag', tag)
      if (isUnmodified(request.headers['if-none-match'], tag)) return reply.code(304).send()
      return questionView(question)
    },
  )

  app.post(
    '/reports/:id/questions/:questionId/answer',
    {
      config: { scope: 'reports:submit', notFound: 'question_not_found' },
      schema: {
        operationId: 'answerQuestion',
        tags: ['questions'],
        summary: 'Answer a question about a report of mine',
        description:
          'By the office that posted the report, once. It is taken even when the report has ended meanwhile.',
        params: QuestionParams,
        headers: z.object({ 'if-match': IfMatch.optional() }),
        body: AnswerQuestion,
        bodyExamples: { perpetrators: answerQuestionExample },
        response: {
          200: respond(QuestionView, { headers: { ETag: etagHeader }, examples: { perpetrators: answeredExample } }),
          ...problems(
            'question_not_found',
            'version_stale',
            'precondition_required',
            'not_in_charge',
            'question_answered',
          ),
        },
      },
    },
    async ({ context, params: { id: reportId, questionId }, headers, body: given }, reply) => {
      const ifMatch = requireIfMatch(headers['if-match'])
      const question = await answerQuestion(context, { id: questionId, reportId }, { ifMatch, given })
      reply.header('etag', etagOf(question.id, question.version))
      return questionView(question)
    },
  )
}
