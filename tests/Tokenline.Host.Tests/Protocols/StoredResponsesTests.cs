using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Responses;
using Tokenline.Gateway;
using Tokenline.Storage.Management;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>Responses that are gone on from by <c>previous_response_id</c>, kept here and not at a vendor.</summary>
public class StoredResponsesTests(StoredResponsesTests.SmallServer server) : IClassFixture<StoredResponsesTests.SmallServer>
{
    private const string ChatModel = RunningServer.Model; // its vendor speaks chat completions: every answer is translated

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conversation_goes_on_at_a_vendor_of_another_protocol(bool stream)
    {
        var subscriber = await server.SubscriberAsync();
        var first = await AskAsync(subscriber, ChatModel, "My name is Ada.", stream);

        var second = await AskAsync(subscriber, ChatModel, "What is my name?", stream, first.Id);
        var third = await AskAsync(subscriber, ChatModel, $"And {second.Id}?", stream, second.Id);

        Assert.Equal(200, third.Answer.Status);
        var sent = JsonNode.Parse(server.Received(second.Id).Body.Span)!["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user", "assistant", "user"], sent.Select(message => (string?)message!["role"]));
        Assert.Contains("My name is Ada.", sent[0]!.ToJsonString(), StringComparison.Ordinal);
        var records = (await subscriber.RecordsAsync()).OrderBy(record => record.Charge.Value).ToList();
        Assert.Equal(3, records.Count);
        Assert.True(records[2].Usage.WholeInput > records[1].Usage.WholeInput, "the earlier turns are input of the later call");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_response_that_is_asked_to_be_stored_is_on_disk_before_its_client_has_it_whole(bool stream)
    {
        var subscriber = await server.SubscriberAsync();
        var store = server.Get<IResponseStore>();

        for (var i = 0; i < 5; i++)
        {
            var answer = await PostAsync(
                subscriber,
                $$"""{"model":"{{ChatModel}}","input":"Hi {{i}}","store":true{{(stream ? ",\"stream\":true" : "")}}}"""
            );

            Assert.True(answer.Status == 200, answer.Text);
            var response = stream ? answer.Chunks[^1]["response"]! : answer.Json;
            // Asked of the store itself: what is still in memory does not outlive the process.
            Assert.NotNull(await store.FindAsync(subscriber.Account, (string)response["id"]!, default, RunningServer.Cancel));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_vendor_of_the_same_protocol_gets_is_the_whole_conversation_byte_for_byte_and_no_id(bool stream)
    {
        await using var vendor = new ScriptedVendor();
        var model = await ResponsesModelAsync(vendor.BaseUrl);
        var subscriber = await server.SubscriberAsync();
        const string item = """{"type":"message", "role":"user","content":[ {"type":"input_text","text":"caf\u00e9"} ]}""";
        const string output =
            """{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"one \u2713","annotations":[]}] }""";
        var asking = PostAsync(subscriber, $$"""{"model":"{{model}}","input":[ {{item}} ]{{(stream ? ",\"stream\":true" : "")}}}""");
        await AnswerAsync(await vendor.NextAsync(), "resp_a", output, stream);
        Assert.Equal(200, (await asking).Status);

        asking = PostAsync(
            subscriber,
            $$"""{ "previous_response_id" : "resp_a" , "model":"{{model}}", "input":"and \u0032?" ,"temperature" : 0.50 }"""
        );
        var call = await vendor.NextAsync();
        await AnswerAsync(call, "resp_b", output, stream: false);

        Assert.Equal(200, (await asking).Status);
        Assert.Equal(
            $$$"""{  "model":"{{{model}}}", "input":[{{{item}}},{{{output}}},{"type":"message","role":"user","content":[{"type":"input_text","text":"and \u0032?"}]}] ,"temperature" : 0.50 }""",
            call.Body
        );
    }

    [Fact]
    public async Task An_unknown_foreign_or_expired_id_is_refused_in_the_protocols_words_and_nothing_is_held()
    {
        var (owner, other) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        var kept = await AskAsync(owner, ChatModel, "Keep this.");
        var notKept = await PostAsync(owner, Body(ChatModel, "Do not.", members: "\"store\":false"));
        var expired = await AskAsync(owner, ChatModel, "Long ago.");
        await AgeAsync(expired.Id);
        var cases = new[] { (owner, "resp_nobody"), (other, kept.Id), (owner, (string)notKept.Json["id"]!), (owner, expired.Id) };

        foreach (var (asker, id) in cases)
        {
            var answer = await PostAsync(asker, Body(ChatModel, "Go on.", previous: id));

            Assert.Equal((400, "previous_response_not_found"), (answer.Status, answer.Code));
            Assert.Equal("previous_response_id", (string?)answer.Error["param"]);
            Assert.Equal($"Previous response with id '{id}' not found.", (string?)answer.Error["message"]);
            Assert.Equal(404, (await GetAsync(asker, id)).Status);
        }
        Assert.Empty(await other.RecordsAsync());
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await other.BalanceAsync());
    }

    [Fact]
    public async Task A_response_is_shown_with_its_input_and_deleted()
    {
        var subscriber = await server.SubscriberAsync();
        var first = await AskAsync(subscriber, ChatModel, "One.");
        var second = await AskAsync(subscriber, ChatModel, "Two.", previous: first.Id);

        var shown = await GetAsync(subscriber, second.Id);
        var all = await GetAsync(subscriber, $"{second.Id}/input_items?order=asc");
        var page = await GetAsync(subscriber, $"{second.Id}/input_items?limit=2");
        var rest = await GetAsync(subscriber, $"{second.Id}/input_items?limit=2&after={(string?)page.Json["last_id"]}");

        Assert.Equal(second.Answer.Text, shown.Text);
        Assert.Equal(["user", "assistant", "user"], all.Json["data"]!.AsArray().Select(item => (string?)item!["role"]));
        Assert.All(all.Json["data"]!.AsArray(), item => Assert.NotNull((string?)item!["id"]));
        Assert.True((bool)page.Json["has_more"]!);
        Assert.Contains("Two.", page.Json["data"]![0]!.ToJsonString(), StringComparison.Ordinal);
        Assert.False((bool)rest.Json["has_more"]!);
        Assert.Contains("One.", Assert.Single(rest.Json["data"]!.AsArray())!.ToJsonString(), StringComparison.Ordinal);

        var deleted = await GetAsync(subscriber, second.Id, HttpMethod.Delete);
        Assert.True((bool)deleted.Json["deleted"]!);
        Assert.Equal(404, (await GetAsync(subscriber, second.Id, HttpMethod.Delete)).Status);
        Assert.Equal(404, (await GetAsync(subscriber, second.Id)).Status);
        Assert.Equal(200, (await GetAsync(subscriber, first.Id)).Status);
        Assert.Equal(401, (await Answer.ReadAsync(await server.Client.GetAsync($"{server.Url}/v1/responses/{first.Id}"))).Status);
    }

    [Fact]
    public async Task Of_one_account_the_newest_are_kept_and_a_restart_loses_none_of_them()
    {
        await using var small = new SmallServer();
        await small.StartAsync();
        var subscriber = await small.SubscriberAsync();
        var ids = new List<string>();
        for (var i = 0; i < SmallServer.KeptMax + 2; i++)
            ids.Add((await AskAsync(subscriber, ChatModel, $"Number {i}.", from: small)).Id);

        await small.Server.StopAsync();
        await small.StopAsync();
        await small.StartAsync();

        var found = new List<string>();
        foreach (var id in ids)
        {
            if ((await GetAsync(subscriber, id, from: small)).Status == 200)
                found.Add(id);
        }
        Assert.Equal(ids[2..], found);
        Assert.Equal(200, (await PostAsync(subscriber, Body(ChatModel, "On.", previous: ids[^1]), small)).Status);
    }

    [Fact]
    public async Task A_conversation_that_is_too_large_is_answered_and_not_kept()
    {
        var subscriber = await server.SubscriberAsync();

        var large = await AskAsync(subscriber, ChatModel, new string('a', 70_000));

        Assert.Equal(200, large.Answer.Status);
        Assert.Equal(404, (await GetAsync(subscriber, large.Id)).Status);
    }

    /// <summary>It was written 31 days ago.</summary>
    private async Task AgeAsync(string id)
    {
        var changed = await Eventually.WhenAsync(
            async () =>
            {
                await using var db = await server.Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(RunningServer.Cancel);
                return await db
                    .Responses.Where(row => row.Id == id)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(row => row.CreatedAt, TimeProvider.System.GetUtcNow().AddDays(-31)),
                        RunningServer.Cancel
                    );
            },
            rows => rows == 1
        );
        Assert.Equal(1, changed);
    }

    private async Task<string> ResponsesModelAsync(Uri address)
    {
        var name = $"responses-{Guid.NewGuid():N}"[..20];
        await server.PutVendorAsync(name, address, apis: VendorApi.OpenAIResponses);
        return await server.ModelAsync(name, (name, null));
    }

    private static Task AnswerAsync(VendorCall call, string id, string output, bool stream)
    {
        var response =
            $$"""{"id":"{{id}}","object":"response","created_at":1,"status":"completed","model":"m","output":[{{output}}],"usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7} }""";
        return stream
            ? call.StreamAsync(
                "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"delta\":\"one\"}"
                    + "\n\n",
                "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":"
                    + response
                    + "}"
                    + "\n\n"
            )
            : call.AnswerAsync(response);
    }

    private static string Body(string model, string text, bool stream = false, string? previous = null, string? members = null) =>
        new JsonObject { ["model"] = model, ["input"] = text }
            .ToJsonString()
            .TrimEnd('}')
        + (stream ? ",\"stream\":true" : "")
        + (previous is null ? "" : $",\"previous_response_id\":\"{previous}\"")
        + (members is null ? "" : "," + members)
        + "}";

    private async Task<(string Id, Answer Answer)> AskAsync(
        Subscriber subscriber,
        string model,
        string text,
        bool stream = false,
        string? previous = null,
        RunningServer? from = null
    )
    {
        var answer = await PostAsync(subscriber, Body(model, text, stream, previous), from);
        Assert.True(answer.Status == 200, answer.Text);
        var response = stream ? answer.Chunks[^1]["response"]! : answer.Json;
        return ((string)response["id"]!, answer);
    }

    private async Task<Answer> PostAsync(Subscriber subscriber, string body, RunningServer? from = null)
    {
        var url = $"{(from ?? server).Url}/v1/responses";
        using var request = RunningServer.Request(url, new StringContent(body, Encoding.UTF8, "application/json"), subscriber.Key);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        return await Answer.ReadAsync(response);
    }

    private async Task<Answer> GetAsync(Subscriber subscriber, string path, HttpMethod? method = null, RunningServer? from = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, $"{(from ?? server).Url}/v1/responses/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", subscriber.Key);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        return await Answer.ReadAsync(response);
    }

    public sealed class SmallServer : RunningServer
    {
        public const int KeptMax = 4;

        private protected override GatewayOptions Options =>
            new() { StoredResponsesPerAccount = KeptMax, StoredResponseBytesMax = 64 * 1024 };
    }
}
