using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>What a protocol promises beside its bodies: keys wherever clients put them, errors in its own shape, versions passed on, pings in silence, counts.</summary>
public class ProtocolEdgeTests(ProtocolEdgeTests.PingingServer server) : IClassFixture<ProtocolEdgeTests.PingingServer>
{
    [Theory]
    [InlineData("x-api-key", "messages")]
    [InlineData("Authorization", "messages")]
    [InlineData("x-goog-api-key", "gemini")]
    [InlineData("?key=", "gemini")]
    [InlineData("Authorization", "responses")]
    public async Task A_key_is_taken_where_the_protocols_clients_put_it(string where, string client)
    {
        var subscriber = await server.SubscriberAsync();
        var speaker = Speaker.Named(client);
        var path = server.Url + speaker.Path(RunningServer.Model, false) + (where == "?key=" ? $"?key={subscriber.Key}" : "");
        using var request = RunningServer.Request(path, Json(speaker.Body(RunningServer.Model, "Hello", false)), null);
        if (where != "?key=")
            request.Headers.TryAddWithoutValidation(where, where == "Authorization" ? $"Bearer {subscriber.Key}" : subscriber.Key);

        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Single(await subscriber.RecordsAsync());
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("responses")]
    [InlineData("gemini")]
    public async Task A_refusal_is_in_the_clients_own_shape_and_costs_nothing(string client)
    {
        var speaker = Speaker.Named(client);
        var subscriber = await server.SubscriberAsync();
        var poor = await server.SubscriberAsync(tokens: 0);

        await AssertRefusedAsync(speaker, null, speaker.Body(RunningServer.Model, "x", false), RunningServer.Model, 401);
        await AssertRefusedAsync(speaker, poor, speaker.Body(RunningServer.Model, "x", false), RunningServer.Model, 402);
        await AssertRefusedAsync(speaker, subscriber, speaker.Body("no-such-model", "x", false), "no-such-model", 404);
        foreach (var body in (string[])["", "[]", "{", "\uFEFF{}", "{\"a\":1,\"a\":2}", new string('[', 300)])
            await AssertRefusedAsync(speaker, subscriber, body, RunningServer.Model, 400);
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData("messages", """{"model":"M","messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("messages", """{"model":"M","max_tokens":0,"messages":[{"role":"user","content":"x"}]}""", "max_tokens")]
    [InlineData("messages", """{"model":"M","max_tokens":9,"messages":[]}""", "messages")]
    [InlineData("messages", """{"model":"M","max_tokens":9,"Messages":[]}""", "messages")]
    [InlineData(
        "messages",
        """{"model":"M","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search_20250305","name":"web_search"}]}""",
        "tools[0].type"
    )]
    [InlineData(
        "messages",
        """{"model":"M","max_tokens":9,"messages":[{"role":"user","content":"x"}],"mcp_servers":[{}]}""",
        "mcp_servers"
    )]
    [InlineData("messages", """{"model":"M","max_tokens":9,"messages":[{"role":"user","content":"x"}],"speed":"fast"}""", "speed")]
    [InlineData("responses", """{"model":"M","input":"x","background":true}""", "background")]
    [InlineData("responses", """{"model":"M","input":"x","tools":[{"type":"file_search"}]}""", "tools[0].type")]
    [InlineData("responses", """{"model":"M","input":"x","max_output_tokens":"9"}""", "max_output_tokens")]
    [InlineData("responses", """{"model":"M"}""", "input")]
    [InlineData("gemini", """{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"googleSearch":{}}]}""", "tools[0]")]
    [InlineData("gemini", """{"contents":[{"parts":[{"text":"x"}]}],"cachedContent":"c"}""", "cachedContent")]
    [InlineData(
        "gemini",
        """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseModalities":["IMAGE"]}}""",
        "generationConfig"
    )]
    public async Task The_field_at_fault_is_named(string client, string body, string param)
    {
        var subscriber = await server.SubscriberAsync();
        var answer = await PostAsync(
            Speaker.Named(client),
            subscriber,
            body.Replace("\"M\"", $"\"{RunningServer.Model}\"", StringComparison.Ordinal),
            RunningServer.Model
        );

        Assert.Equal(400, answer.Status);
        var error = answer.Error;
        Assert.Equal(param, (string?)error["param"] ?? (string?)error["details"]?[0]?["metadata"]?["param"]);
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData("openai-responses")]
    [InlineData("openai-chat")]
    [InlineData("anthropic-messages")]
    [InlineData("gemini")]
    public async Task The_tools_of_Codex_pass_and_a_search_that_has_a_fee_is_left_out(string api)
    {
        const string tools = """
            {"type":"function","name":"exec_command","parameters":{"type":"object","properties":{}}},
            {"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"start: /.+/"}},
            {"type":"tool_search","execution":"client","description":"Finds tools","parameters":{"type":"object","properties":{}}},
            {"type":"web_search","external_web_access":true}
            """;
        var model = await server.SimulatedModelAsync(api);
        var subscriber = await server.SubscriberAsync();

        var answer = await PostAsync(
            Speaker.Responses,
            subscriber,
            $$"""{"model":"{{model}}","input":"x","tools":[{{tools}}],"tool_choice":"auto"}""",
            model
        );

        Assert.Equal(200, answer.Status);
        Assert.Single(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task Version_and_betas_of_a_messages_client_are_passed_on_and_its_body_is_untouched()
    {
        await using var vendor = new ScriptedVendor();
        var model = await ServeAsync(vendor, VendorApi.AnthropicMessages);
        var subscriber = await server.SubscriberAsync();
        var body =
            $$"""{ "model" : "{{model}}","max_tokens":64, "messages":[{"role":"user","content":"\u0048i"}] , "metadata":{"user_id":"{\"a\":1}"} }""";
        using var request = RunningServer.Request($"{server.Url}/v1/messages?beta=true", Json(body), null);
        foreach (
            var (name, value) in (ReadOnlySpan<(string, string)>)
                [("x-api-key", subscriber.Key), ("anthropic-version", "2026-10-21"), ("anthropic-beta", "a-1,b-2")]
        )
            request.Headers.TryAddWithoutValidation(name, value);

        var asking = server.Client.SendAsync(request, RunningServer.Cancel);
        var call = await vendor.NextAsync();
        await call.AnswerAsync(Message);
        using var response = await asking;

        Assert.Equal(Message, await response.Content.ReadAsStringAsync(RunningServer.Cancel));
        Assert.Equal(body, call.Body);
        Assert.Contains("anthropic-version: 2026-10-21", call.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("anthropic-beta: a-1,b-2", call.Head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(subscriber.Key, call.Head, StringComparison.Ordinal);
        var record = await subscriber.RecordAsync();
        Assert.Equal((12, 5), (record.Usage[Meter.Input], record.Usage[Meter.Output]));
    }

    [Theory]
    [InlineData(VendorApi.AnthropicMessages)]
    [InlineData(VendorApi.OpenAIChat)]
    public async Task A_silent_vendor_is_pinged_over_and_the_stream_is_charged_as_what_it_was(VendorApi api)
    {
        await using var vendor = new ScriptedVendor();
        var model = await ServeAsync(vendor, api);
        var subscriber = await server.SubscriberAsync();

        var events =
            api == VendorApi.AnthropicMessages ? MessageStream : Wire.Delta("Hi") + Wire.Finish() + Wire.UsageChunk(12, 5) + Wire.Done;
        var answer = await PingedAsync(subscriber, model, vendor, call => call.StreamAsync(events));

        Assert.Equal(200, answer.Status);
        var types = answer.Chunks.Select(chunk => (string?)chunk["type"]).ToList();
        Assert.Equal("message_start", types[0]);
        Assert.Equal("ping", types[1]);
        Assert.Single(types, "message_start");
        Assert.Equal("message_stop", types[^1]);
        Assert.True((long)answer.Chunks[0]["message"]!["usage"]!["input_tokens"]! > 0);
        Assert.Contains(answer.Chunks, chunk => (string?)chunk["delta"]?["text"] == "Hi");
        var record = await subscriber.RecordAsync();
        Assert.Equal((12, 5, CallEnding.Completed), (record.Usage[Meter.Input], record.Usage[Meter.Output], record.Ending));
    }

    [Fact]
    public async Task A_stream_that_was_opened_in_silence_still_fails_over()
    {
        await using var first = new ScriptedVendor();
        var model = await ServeAsync(first, VendorApi.AnthropicMessages);
        await using var second = new ScriptedVendor(call => call.StreamAsync(MessageStream));
        await server.PutVendorAsync($"{model}-too", second.BaseUrl, apis: VendorApi.AnthropicMessages);
        (await server.Editing.MapAsync(model, $"{model}-too", null, 9, RunningServer.Cancel)).Required();
        var subscriber = await server.SubscriberAsync();

        var answer = await PingedAsync(subscriber, model, first, call => Task.Run(call.Cut));

        Assert.False(answer.IsBroken);
        Assert.Equal("message_stop", (string?)answer.Chunks[^1]["type"]);
        Assert.Single(answer.Chunks, chunk => (string?)chunk["type"] == "message_start");
        Assert.Equal($"{model}-too", (await subscriber.RecordAsync()).Vendor);
    }

    [Fact]
    public async Task A_stream_that_was_opened_in_silence_and_is_served_by_nobody_ends_with_the_protocols_error_and_costs_nothing()
    {
        await using var vendor = new ScriptedVendor();
        var model = await ServeAsync(vendor, VendorApi.AnthropicMessages);
        var subscriber = await server.SubscriberAsync();

        var answer = await PingedAsync(subscriber, model, vendor, call => Task.Run(call.Cut));

        Assert.True(answer.IsBroken);
        Assert.Equal("error", (string?)answer.Chunks[^1]["type"]);
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
        Assert.Empty(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task A_prompt_is_counted_by_the_vendor_where_it_can_and_here_where_not_and_costs_nothing()
    {
        await server.PutVendorAsync(
            "counting",
            Speaker.Address(server, "counting", VendorApi.AnthropicMessages),
            apis: VendorApi.AnthropicMessages
        );
        var model = await server.ModelAsync("counting", ("counting", null));
        var subscriber = await server.SubscriberAsync();
        foreach (var id in (string[])[model, RunningServer.Model])
        {
            using var request = RunningServer.Request(
                $"{server.Url}/v1/messages/count_tokens",
                Json($$"""{"model":"{{id}}","messages":[{"role":"user","content":"How many tokens is this?"}]}"""),
                subscriber.Key
            );
            request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
            using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
            var answer = await Answer.ReadAsync(response);

            Assert.True(answer.Status == 200, answer.Text);
            Assert.InRange((long)answer.Json["input_tokens"]!, 5, 40);
        }
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_client_that_changes_its_model_sends_back_what_the_other_one_thought_and_is_served()
    {
        await server.PutVendorAsync(
            "sealing",
            Speaker.Address(server, "sealing", VendorApi.AnthropicMessages),
            apis: VendorApi.AnthropicMessages
        );
        var model = await server.ModelAsync("sealing", ("sealing", null));
        var subscriber = await server.SubscriberAsync();

        var answer = await PostAsync(
            Speaker.Messages,
            subscriber,
            $$"""
            {"model":"{{model}}","max_tokens":200,"messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":
            [{"type":"thinking","thinking":"by another","signature":""},{"type":"thinking","thinking":"by Gemini","signature":"gemini.c2VhbA=="},{"type":"text","text":"Hi"}]},
            {"role":"user","content":"And now?"}]}
            """,
            model
        );

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("messages[].content[].thinking", answer.Header("x-tokenline-dropped"));
        Assert.Single(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task A_key_that_the_vendor_refuses_rests_and_the_next_one_serves_at_once()
    {
        await using var vendor = new ScriptedVendor(call =>
            call.Head.Contains("good", StringComparison.Ordinal)
                ? call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)))
                : call.AnswerAsync("""{"error":{"message":"bad key"}}""", "401 Unauthorized")
        );
        var name = $"keys-{Guid.NewGuid():n}"[..14];
        (
            await server.Editing.PutVendorAsync(
                new VendorEntry(name, vendor.BaseUrl)
                {
                    ApiKeys = ["a-bad-key-0123456789", "a-good-key-012345678"],
                    AllowsPrivateAddress = true,
                },
                RunningServer.Cancel
            )
        ).Required();
        var model = await server.ModelAsync(name, (name, null));
        var subscriber = await server.SubscriberAsync();

        for (var i = 0; i < 6; i++)
            Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);

        Assert.InRange(vendor.Received, 6, 7); // the bad key was tried once at the most
        Assert.Equal(6, (await subscriber.RecordsAsync()).Count);
        var shown = (await VendorsAsync())[name];
        Assert.Equal(2, (int)shown!["keys"]!);
        var rest = Assert.Single(shown["keyHealth"]!.AsArray())!;
        Assert.Equal(1, (int)rest["key"]!);
        Assert.Equal("status 401", (string?)rest["reason"]);
        Assert.InRange((DateTimeOffset)rest["restsUntil"]!, TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddMinutes(5));
        Assert.DoesNotContain("bad-key", shown.ToJsonString());
    }

    [Fact]
    public async Task A_vendors_only_key_is_shown_as_refused_until_it_serves_again()
    {
        var isRefused = true;
        await using var vendor = new ScriptedVendor(call =>
            isRefused
                ? call.AnswerAsync("""{"error":{"message":"bad key"}}""", "401 Unauthorized")
                : call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)))
        );
        var name = $"only-{Guid.NewGuid():n}"[..14];
        await server.PutVendorAsync(name, vendor.BaseUrl);
        var model = await server.ModelAsync(name, (name, null));
        var subscriber = await server.SubscriberAsync();

        Assert.Equal(502, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);
        Assert.Equal(1, vendor.Received); // there is no other key to try
        Assert.Equal("status 401", (string?)(await VendorsAsync())[name]!["keyHealth"]![0]!["reason"]);

        isRefused = false;
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);
        Assert.Empty((await VendorsAsync())[name]!["keyHealth"]!.AsArray());
    }

    /// <summary>What the operator is shown of the vendors, by their ids.</summary>
    private async Task<Dictionary<string, JsonNode?>> VendorsAsync()
    {
        using var request = RunningServer.Request($"{server.Url}/api/v1/vendors", null, server.Server.AdminKey);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var answer = await Answer.ReadAsync(response);
        return answer.Json["items"]!.AsArray().ToDictionary(vendor => (string)vendor!["id"]!);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/v1")]
    [InlineData("http://10.1.2.3/v1")]
    [InlineData("http://[::1]/v1")]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://localhost/v1")]
    public async Task A_private_address_is_refused_unless_the_operator_allows_it(string address)
    {
        var put = await server.Editing.PutVendorAsync(new VendorEntry("inside", new Uri(address)), RunningServer.Cancel);

        Assert.Equal("baseUrl", put.Refused?.Param);
        Assert.Null(
            (
                await server.Editing.PutVendorAsync(
                    new VendorEntry("inside", new Uri(address)) { AllowsPrivateAddress = true },
                    RunningServer.Cancel
                )
            ).Refused
        );
    }

    private const string Message =
        """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,"output_tokens":5}}""";

    private const string MessageStream = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":12,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<string> ServeAsync(ScriptedVendor vendor, VendorApi api)
    {
        var name = $"edge-{Guid.NewGuid():n}"[..14];
        await server.PutVendorAsync(name, vendor.BaseUrl, apis: api);
        return await server.ModelAsync(name, (name, null));
    }

    /// <summary>A messages stream whose vendor is silent until the client has had a ping.</summary>
    private async Task<Answer> PingedAsync(Subscriber subscriber, string model, ScriptedVendor vendor, Func<VendorCall, Task> then)
    {
        using var request = RunningServer.Request(
            $"{server.Url}/v1/messages",
            Json(Speaker.Messages.Body(model, "Hello", true)),
            subscriber.Key
        );
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, RunningServer.Cancel);
        var call = await vendor.NextAsync();
        await using var body = await response.Content.ReadAsStreamAsync(RunningServer.Cancel);
        using var bytes = new MemoryStream();
        var piece = new byte[4096];
        var (isPinged, isBroken) = (false, false);
        try
        {
            while (await body.ReadAsync(piece, RunningServer.Cancel) is > 0 and var count)
            {
                bytes.Write(piece, 0, count);
                if (isPinged || !Encoding.UTF8.GetString(bytes.ToArray()).Contains("\"type\":\"ping\"", StringComparison.Ordinal))
                    continue;
                isPinged = true;
                await then(call);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            isBroken = true;
        }
        return new Answer(response, bytes.ToArray(), isBroken);
    }

    private async Task AssertRefusedAsync(Speaker speaker, Subscriber? subscriber, string body, string model, int status)
    {
        var answer = await PostAsync(speaker, subscriber, body, model);

        Assert.True(answer.Status == status, $"{answer.Status} instead of {status}: {answer.Text}");
        Assert.True(speaker.IsError(JsonNode.Parse(answer.Text)!), answer.Text);
        Assert.NotNull(answer.Header("x-request-id"));
    }

    private async Task<Answer> PostAsync(Speaker speaker, Subscriber? subscriber, string body, string model)
    {
        using var response = await server.Client.SendAsync(
            RunningServer.Request(server.Url + speaker.Path(model, false), Json(body), subscriber?.Key),
            RunningServer.Cancel
        );
        return await Answer.ReadAsync(response);
    }

    public sealed class PingingServer : RunningServer
    {
        private protected override GatewayOptions Options => new() { PingSeconds = 1, Routing = NoHealth };
    }
}
