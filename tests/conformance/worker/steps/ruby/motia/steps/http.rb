# frozen_string_literal: true

# Api and cron steps of the conformance suite.

require 'motia'

api id: 'get-user', method: 'GET', path: '/users/:id' do |id:, request:|
  { id: id, method: request.method }
end

api id: 'create-user', method: 'POST', path: '/users', schema: { body: { name: String, age: Integer } } do |name:, age:|
  response({ name: name, age: age }, status: 201, headers: { 'x-made' => 'yes' })
end

api id: 'nothing', method: 'DELETE', path: '/users/:id' do |id:|
  id && nil
end

api id: 'text', path: '/text' do
  'plain words'
end

api id: 'raw', method: 'POST', path: '/raw' do |request|
  response(request.raw, headers: { 'content-type' => 'application/x-own' })
end

api id: 'refuses', path: '/refuses' do
  raise HttpError.new(409, 'taken', { by: 'somebody' }, headers: { 'x-why' => 'so' })
end

api id: 'breaks', path: '/breaks' do
  raise KeyError, 'missing'
end

stamp = lambda do |_request, ctx, following|
  following.call.with_header('x-stamp', ctx.step_id)
end

def guard(request, _ctx)
  return response({ error: 'who are you' }, status: 401) unless request.headers['authorization']

  yield
end

api id: 'guarded', path: '/guarded', middleware: [stamp, method(:guard)] do
  { secret: true }
end

api id: 'streams', path: '/streams' do
  Enumerator.new do |events|
    events << 'one'
    events << { two: 2 }
  end
end

api id: 'floods', path: '/floods' do
  pieces = Enumerator.new { |out| 16.times { out << ('p' * 65_536) } }
  response(pieces, headers: { 'content-type' => 'application/octet-stream' })
end

api id: 'breaks-midway', path: '/breaks-midway' do
  Enumerator.new do |events|
    events << 'one'
    raise 'midway'
  end
end

api id: 'upload', method: 'POST', path: '/upload' do |request|
  file = request.files['doc']
  { filename: file.filename, size: file.size_bytes, text: file.text, title: request.form['title'] }
end

api id: 'accepts', method: 'POST', path: '/accepts' do |request|
  response(trigger('echo', request.body), status: 202)
end

cron id: 'nightly', schedule: '0 3 * * *', timezone: 'Europe/Berlin', overlap: 'queue' do |ctx|
  { at: ctx.trigger.details['scheduledAt'] }
end

noop id: 'approval', triggers: ['echo'], description: 'a person says yes'
