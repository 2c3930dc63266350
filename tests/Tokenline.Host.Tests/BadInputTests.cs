using System.Net.Http.Headers;
using System.Text;
using Tokenline.Charging.Journal;
using Tokenline.Commerce.Parties;

namespace Tokenline.Host.Tests;

/// <summary>What is refused: with the code of the catalogue and the field at fault, and with nothing held or charged for it.</summary>
public class BadInputTests(SharedServer server)
{
    private const int BodyMax = 32 * 1024 * 1024;
    private const string Start = "{\"model\":\"" + RunningServer.Model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [Theory]
    [Trait("WhatOthersGotWrong", "8")]
    [InlineData("", null)]
    [InlineData("not json", null)]
    [InlineData("[]", null)]
    [InlineData("\"text\"", null)]
    [InlineData("{\"model\":", null)]
    [InlineData(Start + "} x", null)]
    [InlineData("\uFEFF" + Start + "}", null)]
    [InlineData("{}", "model")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "model")]
    [InlineData("{\"model\":7,\"messages\":[]}", "model")]
    [InlineData("{\"model\":\"\",\"messages\":[]}", "model")]
    [InlineData("{\"model\":\"m\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":\"Hi\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[\"Hi\"]}", "messages[0]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"content\":\"Hi\"}]}", "messages[0].role")]
    [InlineData(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":5}]}",
        "messages[1].content"
    )]
    [InlineData(Start + ",\"stream\":\"yes\"}", "stream")]
    [InlineData(Start + ",\"stream_options\":true}", "stream_options")]
    [InlineData(Start + ",\"stream_options\":{\"include_usage\":1}}", "stream_options.include_usage")]
    [InlineData(Start + ",\"max_tokens\":-1}", "max_tokens")]
    [InlineData(Start + ",\"max_tokens\":0}", "max_tokens")]
    [InlineData(Start + ",\"max_tokens\":\"9\"}", "max_tokens")]
    [InlineData(Start + ",\"max_tokens\":1.5}", "max_tokens")]
    [InlineData(Start + ",\"max_tokens\":2147483647}", "max_tokens")]
    [InlineData(Start + ",\"max_tokens\":99999999999999999999}", "max_tokens")]
    [InlineData(Start + ",\"max_completion_tokens\":-5}", "max_completion_tokens")]
    [InlineData(Start + ",\"max_completion_tokens\":2000000}", "max_completion_tokens")]
    [InlineData(Start + ",\"n\":0}", "n")]
    [InlineData(Start + ",\"n\":-3}", "n")]
    [InlineData(Start + ",\"n\":129}", "n")]
    [InlineData(Start + ",\"n\":2147483648}", "n")]
    [InlineData(Start + ",\"model\":\"gpt-5.1\"}", "model")]
    [InlineData(Start + ",\"\\u006dodel\":\"gpt-5.1\"}", "model")]
    [InlineData(Start + ",\"Max_Tokens\":5}", "max_tokens")]
    [InlineData(Start + ",\"tools\":{}}", "tools")]
    [InlineData(Start + ",\"tools\":[{\"type\":\"web_search\"}]}", "tools[0].type")]
    [InlineData(Start + ",\"service_tier\":\"priority\"}", "service_tier")]
    [InlineData(Start + ",\"web_search_options\":{}}", "web_search_options")]
    [InlineData(Start + ",\"models\":[\"a\"]}", "models")]
    [InlineData(Start + ",\"previous_response_id\":\"resp_1\"}", "previous_response_id")]
    [InlineData(Start + ",\"modalities\":[\"text\",\"audio\"]}", "modalities")]
    [InlineData(Start + ",\"extra_body\":{\"a\":{\"service_tier\":\"priority\"}}}", "extra_body.service_tier")]
    [InlineData(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file\":{\"file_id\":\"f\"}}]}]}",
        "messages[0].content[0].type"
    )]
    [InlineData(
        "{\"model\":\"qwen3.5-flash\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a.example/b.png\"}}]}]}",
        "messages"
    )]
    public async Task A_body_at_fault_is_a_400_that_names_the_field(string body, string? param)
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(body);

        AssertRefused(answer, 400, "invalid_request_error", param);
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task A_body_nested_ten_thousand_deep_is_a_400()
    {
        var subscriber = await server.SubscriberAsync();
        var deep = new string('[', 10_000) + new string(']', 10_000);

        foreach (
            var body in (string[])[deep, $"{Start},\"x\":{deep}}}", $"{Start},\"tools\":[{{\"type\":\"function\",\"function\":{deep}}}]}}"]
        )
            AssertRefused(await subscriber.AskAsync(body), 400, "invalid_request_error", null);
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_is_a_400()
    {
        var subscriber = await server.SubscriberAsync();

        using var response = await subscriber.PostAsync(
            new ByteArrayContent([.. "{\"model\":\""u8, 0xC3, 0x28, .. "\"}"u8]),
            RunningServer.Cancel
        );

        AssertRefused(await Answer.ReadAsync(response), 400, "invalid_request_error", null);
    }

    [Fact]
    public async Task A_body_of_the_limit_is_read_and_one_byte_more_is_a_413()
    {
        var subscriber = await server.SubscriberAsync();
        var most = Encoding.UTF8.GetBytes(new string(' ', BodyMax - 2) + "{}");
        var oneMore = new byte[BodyMax + 1];

        using (var response = await subscriber.PostAsync(new ByteArrayContent(most), RunningServer.Cancel))
            AssertRefused(await Answer.ReadAsync(response), 400, "invalid_request_error", "model");
        using (var response = await subscriber.PostAsync(new ByteArrayContent(oneMore), RunningServer.Cancel))
            AssertRefused(await Answer.ReadAsync(response), 413, "payload_too_large", null);
        using (var response = await subscriber.PostAsync(new ChunkedContent(oneMore), RunningServer.Cancel))
            AssertRefused(await Answer.ReadAsync(response), 413, "payload_too_large", null);
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task A_gzip_bomb_is_a_413()
    {
        var subscriber = await server.SubscriberAsync();
        var bomb = new ByteArrayContent(Bodies.Gzip(new byte[4 * BodyMax]));
        bomb.Headers.ContentEncoding.Add("gzip");

        using var response = await subscriber.PostAsync(bomb, RunningServer.Cancel);

        AssertRefused(await Answer.ReadAsync(response), 413, "payload_too_large", null);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("deflate")]
    [InlineData("compress")]
    public async Task A_body_that_is_not_what_its_encoding_says_is_a_400(string encoding)
    {
        var subscriber = await server.SubscriberAsync();
        var content = new StringContent(Start + "}");
        content.Headers.ContentEncoding.Add(encoding);

        using var response = await subscriber.PostAsync(content, RunningServer.Cancel);

        AssertRefused(await Answer.ReadAsync(response), 400, "invalid_request_error", null);
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task A_prompt_beyond_the_models_context_is_refused_before_it_is_held()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000_000);

        var answer = await subscriber.AskAsync(Wire.Ask(new string('a', (100_000 * 32) + 1), await server.ServeAsync(vendor)));

        AssertRefused(answer, 400, "context_length_exceeded", "messages");
        AssertNothingHeld(subscriber);
        Assert.Equal(0, vendor.Received);
    }

    [Fact]
    public async Task A_header_flood_is_a_431()
    {
        var subscriber = await server.SubscriberAsync();

        using var response = await subscriber.PostAsync(Wire.Ask(), ("x-flood", new string('a', 40_000)));

        Assert.Equal(431, (int)response.StatusCode);
        AssertNothingHeld(subscriber);
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("PUT", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/models", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/completions", 404, "not_found")]
    [InlineData("POST", "/v1/chat/completions/more", 404, "not_found")]
    [InlineData("GET", "/v1", 404, "not_found")]
    [InlineData("GET", "/v1/models/deepsek-v4-flash", 404, "model_not_found")]
    public async Task A_route_or_method_that_is_not_there_is_told_in_the_protocol(string method, string path, int status, string code)
    {
        var subscriber = await server.SubscriberAsync();
        var request = new HttpRequestMessage(new HttpMethod(method), server.Url + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", subscriber.Key);

        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var answer = await Answer.ReadAsync(response);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer tl-0000000000000000000000000000000000000000000")]
    [InlineData("Basic dGwtYWJjOg==")]
    public async Task Without_a_known_key_a_call_is_a_401(string? authorization)
    {
        var request = RunningServer.Request($"{server.Url}/v1/chat/completions", new StringContent(Wire.Ask()), null);
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);

        AssertRefused(await Answer.ReadAsync(response), 401, "invalid_api_key", null);
    }

    [Fact]
    public async Task A_revoked_key_is_a_401_at_once_and_other_keys_go_on()
    {
        var subscriber = await server.SubscriberAsync();
        var other = (await server.Get<Keys>().CreateAsync(subscriber.Customer.Id, "other", null, null, RunningServer.Cancel)).Required();
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);

        (await server.Get<Keys>().RevokeAsync(subscriber.Customer.Id, subscriber.KeyId, RunningServer.Cancel)).Required();

        AssertRefused(await subscriber.AskAsync(Wire.Ask()), 401, "invalid_api_key", null);
        using var response = await server.Client.SendAsync(
            RunningServer.Request($"{server.Url}/v1/chat/completions", new StringContent(Wire.Ask()), other.Text),
            RunningServer.Cancel
        );
        Assert.Equal(200, (int)response.StatusCode);
        await response.Content.ReadAsByteArrayAsync(RunningServer.Cancel);
    }

    [Fact]
    public async Task A_stream_that_runs_when_its_key_is_revoked_goes_on_to_its_end()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync();
        var asking = subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();

        (await server.Get<Keys>().RevokeAsync(subscriber.Customer.Id, subscriber.KeyId, RunningServer.Cancel)).Required();
        await call.StreamAsync(Wire.Delta("a"), Wire.Finish(), Wire.UsageChunk(1, 1), Wire.Done);

        Assert.True((await asking).IsDone);
        Assert.Equal(Usage.Of(1, 1), (await subscriber.RecordAsync()).Usage);
    }

    [Fact]
    public async Task An_expired_key_is_a_401()
    {
        var subscriber = await server.SubscriberAsync();
        var now = TimeProvider.System.GetUtcNow();
        server
            .Get<Keyring>()
            .Put(Keyring.HashOf(subscriber.Key), new KeyRights(subscriber.KeyId, subscriber.Account, now.AddMilliseconds(-1), null));

        AssertRefused(await subscriber.AskAsync(Wire.Ask()), 401, "invalid_api_key", null);
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task A_model_that_the_key_may_not_use_is_a_403()
    {
        var subscriber = await server.SubscriberAsync(models: [RunningServer.Model]);

        AssertRefused(await subscriber.AskAsync(Wire.Ask(model: "glm-5")), 403, "model_not_allowed", "model");
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task An_unknown_model_is_a_404_that_offers_the_nearest()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: "deepsek-v4-flahs"));

        AssertRefused(answer, 404, "model_not_found", "model");
        Assert.Contains(RunningServer.Model, (string?)answer.Error["message"], StringComparison.Ordinal);
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task An_empty_account_is_a_402_that_is_not_worth_a_retry()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);

        var answer = await subscriber.AskAsync(Wire.Ask());

        AssertRefused(answer, 402, "insufficient_quota", null);
        Assert.Equal("false", answer.Header("x-should-retry"));
        AssertNothingHeld(subscriber);
    }

    [Fact]
    public async Task A_suspended_account_is_a_403_until_it_is_lifted()
    {
        var subscriber = await server.SubscriberAsync();
        var customers = server.Get<Customers>();

        (await customers.SetStandingAsync(subscriber.Customer.Id, suspended: true, "unpaid", RunningServer.Cancel)).Required();
        AssertRefused(await subscriber.AskAsync(Wire.Ask()), 403, "account_suspended", null);
        (await customers.SetStandingAsync(subscriber.Customer.Id, suspended: false, null, RunningServer.Cancel)).Required();

        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);
    }

    [Fact]
    public async Task An_idempotency_key_used_again_is_a_409_with_the_first_charge_and_no_second_one()
    {
        var (subscriber, other) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        var first = await subscriber.AskAsync(Wire.Ask(), ("Idempotency-Key", "order-66"));

        var second = await subscriber.AskAsync(Wire.Ask("quite another text"), ("Idempotency-Key", "order-66"));

        Assert.Equal(200, first.Status);
        AssertRefused(second, 409, "idempotency_conflict", null);
        Assert.Equal(first.Charge, second.Charge);
        Assert.Equal(first.Charge.ToString(), (string?)second.Error["charge_id"]);
        Assert.Equal("false", second.Header("x-should-retry"));
        Assert.Equal(first.Charge, (await subscriber.RecordAsync()).Charge);
        Assert.Equal(200, (await other.AskAsync(Wire.Ask(), ("Idempotency-Key", "order-66"))).Status);
    }

    [Theory]
    [InlineData("GET", "/v1/models", true)]
    [InlineData("GET", "/v1/models/no-such-model", true)]
    [InlineData("GET", "/v1/models", false)]
    [InlineData("GET", "/v1/chat/completions", true)]
    [InlineData("POST", "/v1/no-such-route", true)]
    [InlineData("POST", "/v1/chat/completions", false)]
    public async Task Every_answer_has_an_id_of_its_own(string method, string path, bool withKey)
    {
        var key = withKey ? (await server.SubscriberAsync()).Key : null;
        var ids = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var request = RunningServer.Request(server.Url + path, null, key);
            request.Method = new HttpMethod(method);
            using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
            var id = Assert.Single(response.Headers.GetValues("x-request-id"));
            Assert.StartsWith("req_", id, StringComparison.Ordinal);
            ids.Add(id);
        }
        Assert.Equal(2, ids.Count);
    }

    [Fact]
    public async Task Of_many_calls_at_once_with_one_idempotency_key_one_is_served()
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("a", Wire.Usage(5, 1))));
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => subscriber.AskAsync(Wire.Ask(model: model), ("Idempotency-Key", "at-once")))
        );

        var served = Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers, answer => Assert.Equal(served.Charge, answer.Charge));
        Assert.Equal(1, vendor.Received);
        Assert.Single(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task The_idempotency_key_of_a_call_that_came_to_nothing_may_be_used_again()
    {
        var subscriber = await server.SubscriberAsync();

        Assert.Equal(502, (await subscriber.AskAsync(Wire.Simulated("fault=status:500"), ("Idempotency-Key", "again"))).Status);

        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(), ("Idempotency-Key", "again"))).Status);
    }

    [Fact]
    public async Task An_idempotency_key_that_is_too_long_is_a_400()
    {
        var subscriber = await server.SubscriberAsync();

        AssertRefused(
            await subscriber.AskAsync(Wire.Ask(), ("Idempotency-Key", new string('k', 256))),
            400,
            "invalid_request_error",
            "Idempotency-Key"
        );
        AssertNothingHeld(subscriber);
    }

    private static void AssertRefused(Answer answer, int status, string code, string? param)
    {
        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
        Assert.Equal((code, param), (answer.Code, (string?)answer.Error["param"]));
        Assert.False(string.IsNullOrEmpty((string?)answer.Error["message"]));
        Assert.False(string.IsNullOrEmpty((string?)answer.Error["type"]));
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
    }

    private void AssertNothingHeld(Subscriber subscriber) => Assert.Empty(server.Journal(subscriber.Account).OfType<Dispatched>());

    /// <summary>A body whose length is not told beforehand.</summary>
    private sealed class ChunkedContent(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
            stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
