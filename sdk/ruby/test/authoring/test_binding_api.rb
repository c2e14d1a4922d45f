# frozen_string_literal: true

require 'support'

class TestBindingApi < MotiaTest
  def step(method: 'GET', path: '/u/:id', schema: nil, &block)
    declared { api(id: 'x', method: method, path: path, schema: schema, &block) }.steps.first
  end

  def request(**more)
    Motia::Request.new(method: 'GET', url: '/', path: '/', **more)
  end

  def run_api(step, request)
    arguments, keywords = step.binding.bind(request, invocation)
    step.handler.call(*arguments, **keywords)
  end

  def json(value)
    request(media: 'json', raw: JSON.generate(value))
  end

  def test_the_first_positional_parameter_is_the_request_and_the_next_the_context
    one = step { |whatever, other| [whatever.method, other.step_id] }

    assert_equal %w[GET tested], run_api(one, request)
  end

  def test_names_are_looked_for_in_path_query_and_body
    one = step(method: 'POST', schema: { query: { q: Integer }, body: { name: String } }) do |id:, q:, name:, request:, ctx:|
      [id, q, name, request.class, ctx.class]
    end
    asked = Motia::Request.new(method: 'POST', url: '/', path: '/', params: { 'id' => '7' }, query: { 'q' => 1 },
                               media: 'json', raw: '{"name":"n"}')

    assert_equal ['7', 1, 'n', Motia::Request, Motia::Context], run_api(one, asked)
  end

  def test_the_parts_come_by_name
    one = step(method: 'POST') { |body:, params:, query:, headers:| [body, params, query, headers['X-A']] }
    asked = Motia::Request.new(method: 'POST', url: '/', path: '/', params: { 'id' => '7' }, query: { 'q' => 'a' },
                               headers: [%w[x-a 1]], media: 'json', raw: '[1]')

    assert_equal [[1], { 'id' => '7' }, { 'q' => 'a' }, '1'], run_api(one, asked)
  end

  def test_undeclared_names_are_the_query_without_and_the_body_with_one
    assert_equal({ 'type' => 'object', 'properties' => { 'q' => {} } }, step { |q: 1| q }.spec[:request]['query'])
    assert_equal(['q'], step(method: 'POST') { |q:| q }.spec[:request]['body']['required'])
    assert_equal({ 'type' => 'object', 'properties' => { 'id' => { 'type' => 'string' } }, 'required' => ['id'] },
                 step { |id:| id }.spec[:request]['params'])
  end

  def test_a_missing_or_wrong_body_lists_its_problems
    one = step(method: 'POST', schema: { body: { name: String, age: Integer } }) { |name:, age:| [name, age] }

    error = assert_raises(Motia::InputInvalid) { run_api(one, json({ name: 1 })) }
    assert_equal [['/name', 'body'], ['/age', 'body']], error.problems.map { |problem| [problem.path, problem.where] }.sort_by(&:first).reverse
    assert_raises(Motia::InputInvalid) { run_api(one, request) }
    assert_raises(Motia::InputInvalid) { run_api(one, request(media: 'json', raw: '{bad')) }
    assert_raises(Motia::InputInvalid) { run_api(one, request(media: 'text', raw: 'hello')) }
  end

  def test_text_stands_for_numbers_in_forms_and_not_in_json
    one = step(method: 'POST', schema: { body: { n: Integer, yes: :boolean, many: [Float] } }) { |n:, yes:, many:| [n, yes, many] }

    assert_equal [5, true, [1.5]], run_api(one, request(media: 'form', raw: 'x', form: { 'n' => '5', 'yes' => 'true', 'many' => '1.5' }))
    assert_raises(Motia::InputInvalid) { run_api(one, json({ n: '5', yes: 'true', many: [] })) }
  end

  def test_files_of_a_multipart_body_come_by_name
    file = Motia::UploadedFile.new(name: 'doc', filename: 'a', content_type: 't', body: 'xhellox', offset: 1, length: 5)
    one = step(method: 'POST') { |doc:, title:| [doc.text, title] }

    assert_equal %w[hello T], run_api(one, request(media: 'multipart', raw: 'xhellox', form: { 'title' => 'T' }, files: [file]))
  end

  def test_what_nothing_gives_is_a_fault
    collector = declared do
      api(id: 'x', method: 'POST', path: '/u', schema: { body: { a: String }, query: { b: String } }) { |a:, nobody:| [a, nobody] }
      api(id: 'y', path: '/u', schema: { params: { other: String } }) { 1 }
      api(id: 'z', path: '/u', schema: { boddy: {} }) { 1 }
      api(id: 'w', path: '/u', schema: 5) { 1 }
    end

    assert_equal %w[signature-mismatch signature-mismatch schema-unreadable schema-unreadable], collector.faults.map { |fault| fault[:code] }
    assert_empty collector.steps
  end
end
