using System.Text;
using System.Text.Json.Nodes;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>A call reaches its vendor as this vendor takes it: Azure's addresses and key, the fields that a vendor refuses, and what another attempt had left out.</summary>
public class VendorFitTests(ProtocolEdgeTests.PingingServer server) : IClassFixture<ProtocolEdgeTests.PingingServer>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_vendor_of_azure_is_called_by_its_deployment_with_its_key_and_charged_as_it_says(bool stream)
    {
        var name = $"az-{Guid.NewGuid():n}"[..14];
        var address = new Uri(server.Server.Simulator!.Address, $"/vendors/{name}");
        await server.PutVendorAsync(name, address, apiKey: "key-at-azure-0123456789", apis: VendorApi.AzureOpenAI);
        var model = await server.ModelAsync(name, (name, "my deployment"));
        var subscriber = await server.SubscriberAsync();
        var marker = $"marker-{Guid.NewGuid():n}";

        var answer = await subscriber.AskAsync(Wire.Ask($"Hello {marker}", model, stream));

        Assert.True(answer.Status == 200, answer.Text);
        var received = server.Received(marker);
        Assert.EndsWith("/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21", received.Path);
        Assert.Equal("key-at-azure-0123456789", received.Headers["api-key"]);
        Assert.False(received.Headers.ContainsKey("Authorization"));
        var record = await subscriber.RecordAsync();
        Assert.True(record.Usage.WholeInput > 0 && record.Usage[Meter.Output] > 0, record.Usage.ToString());
        Assert.Equal((RunningServer.RichTokens * QuotaUnit.Micro) - server.WholeCost(model, record.Usage), await subscriber.BalanceAsync());
        if (stream)
            Assert.True(answer.IsDone && answer.Content.Length > 0, answer.Text);
        else
            Assert.Equal(record.Usage[Meter.Output], (long)answer.Json["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task A_hint_that_the_vendor_refuses_is_left_out_and_told_and_the_rest_arrives_byte_for_byte()
    {
        await using var vendor = new ScriptedVendor();
        await server.PutVendorAsync("groq", vendor.BaseUrl);
        var model = await server.ModelAsync("groq", ("groq", "m"));
        var subscriber = await server.SubscriberAsync();

        var asking = subscriber.AskAsync(
            $$"""{ "model":"{{model}}", "messages":[{"role":"user", "name":"ann" ,"content":"Hi"}],"logit_bias":{"1":-5}, "n":1, "x_own":[1.0e0] }"""
        );
        var call = await vendor.NextAsync();
        await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        var answer = await asking;

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("""{ "model":"m", "messages":[{"role":"user" ,"content":"Hi"}], "n":1, "x_own":[1.0e0] }""", call.Body);
        Assert.Equal("messages[].name, logit_bias", answer.Header("x-tokenline-dropped"));
    }

    [Fact]
    public async Task A_field_that_the_answer_depends_on_goes_to_a_deployment_that_takes_it_or_is_refused_before_anything_is_held()
    {
        await using var refusing = new ScriptedVendor();
        await using var taking = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2))));
        await server.PutVendorAsync("groq", refusing.BaseUrl);
        await server.PutVendorAsync("takes-all", taking.BaseUrl);
        var alone = await server.ModelAsync("groq", ("groq", null));
        var both = await server.ModelAsync("groq", ("groq", null), ("takes-all", null));
        var subscriber = await server.SubscriberAsync();

        var refused = await subscriber.AskAsync(Wire.Ask(model: alone, members: "\"logprobs\":true"));

        Assert.Equal(400, refused.Status);
        Assert.Equal("logprobs", (string?)refused.Error["param"]);
        Assert.Null(refused.Header("x-tokenline-charge-id"));
        Assert.DoesNotContain(server.Journal(subscriber.Account), entry => entry is Charging.Journal.Dispatched);

        var served = await subscriber.AskAsync(Wire.Ask(model: both, members: "\"logprobs\":true"));

        Assert.True(served.Status == 200, served.Text);
        Assert.Equal((0, 1), (refusing.Received, taking.Received));
        Assert.Single(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task A_translated_call_is_refused_in_the_clients_own_words()
    {
        await using var vendor = new ScriptedVendor();
        await server.PutVendorAsync("xai", vendor.BaseUrl);
        var model = await server.ModelAsync("xai", ("xai", "grok-4"));
        var subscriber = await server.SubscriberAsync();

        var answer = await MessagesAsync(
            subscriber,
            $$"""{"model":"{{model}}","max_tokens":50,"stop_sequences":["x"],"messages":[{"role":"user","content":"Hi"}]}"""
        );

        Assert.Equal(400, answer.Status);
        Assert.Equal("stop_sequences", (string?)answer.Error["param"]);
        Assert.Equal(0, vendor.Received);
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task What_a_failed_attempt_left_out_is_not_told_of_the_one_that_serves()
    {
        await using var failing = new ScriptedVendor(call => call.AnswerAsync("{}", "503 Service Unavailable"));
        await using var serving = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2))));
        await server.PutVendorAsync("groq", failing.BaseUrl);
        await server.PutVendorAsync("takes-all", serving.BaseUrl);
        var model = await server.ModelAsync("groq", ("groq", null), ("takes-all", null));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, members: "\"logit_bias\":{\"1\":1}"));

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal((1, 1), (failing.Received, serving.Received));
        Assert.Null(answer.Header("x-tokenline-dropped"));
    }

    [Fact]
    public async Task A_stream_that_was_opened_in_silence_goes_on_at_a_translated_deployment_that_leaves_something_out()
    {
        await using var silent = new ScriptedVendor();
        await using var translated = new ScriptedVendor(call =>
            call.StreamAsync(Wire.Delta("Hello"), Wire.Finish(), Wire.UsageChunk(10, 2), Wire.Done)
        );
        var name = $"silent-{Guid.NewGuid():n}"[..14];
        await server.PutVendorAsync(name, silent.BaseUrl, apis: VendorApi.AnthropicMessages);
        await server.PutVendorAsync("mistral", translated.BaseUrl);
        var model = await server.ModelAsync(name, (name, null), ("mistral", "m"));
        var subscriber = await server.SubscriberAsync();

        using var response = await SendMessagesAsync(
            subscriber,
            $$"""{"model":"{{model}}","max_tokens":50,"stream":true,"metadata":{"user_id":"ann"},"messages":[{"role":"user","content":"Hi"}]}"""
        );
        using var events = await EventReader.OfAsync(response);
        var call = await silent.NextAsync();
        while (JsonNode.Parse((await events.NextAsync())!)!["type"]!.GetValue<string>() != "ping") { } // it is open, and its vendor silent
        call.Cut();
        var text = new StringBuilder();
        while (await events.NextAsync() is { } data)
            text.AppendLine(data);

        Assert.Contains("Hello", text.ToString());
        Assert.Contains("message_stop", text.ToString());
        Assert.DoesNotContain("\"error\"", text.ToString());
        Assert.Equal(1, translated.Received);
        Assert.False(response.Headers.Contains("x-tokenline-dropped")); // the headers had left before
        Assert.Equal(10, (await subscriber.RecordAsync()).Usage.WholeInput);
    }

    private static Task<HttpResponseMessage> SendAsync(RunningServer server, HttpRequestMessage request) =>
        server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, RunningServer.Cancel);

    private Task<HttpResponseMessage> SendMessagesAsync(Subscriber subscriber, string body) =>
        SendAsync(
            server,
            RunningServer.Request($"{server.Url}/v1/messages", new StringContent(body, Encoding.UTF8, "application/json"), subscriber.Key)
        );

    private async Task<Answer> MessagesAsync(Subscriber subscriber, string body)
    {
        using var response = await SendMessagesAsync(subscriber, body);
        return await Answer.ReadAsync(response);
    }
}
