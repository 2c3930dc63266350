using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.PriceSheets;
using Tokenline.Storage.Management;

namespace Tokenline.Host.Tests.Protocols;

/// <summary>Batches: every line goes the way of any call, at the price of batches, and is paid once whatever happens to the server.</summary>
public class BatchTests(SharedServer server)
{
    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_completion_tokens\":50", "choices")]
    [InlineData("/v1/responses", "\"input\":\"Hi\",\"max_output_tokens\":50", "output")]
    [InlineData("/v1/messages", "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":50", "content")]
    public async Task Lines_are_answered_in_their_protocol_at_half_the_price_and_refused_ones_are_errors(
        string endpoint,
        string members,
        string answered
    )
    {
        var subscriber = await server.SubscriberAsync();
        var vendor = $"batch-{answered}";
        await server.PutVendorAsync(vendor, Speaker.Address(server, vendor, VendorApi.OpenAIChat), apis: VendorApi.OpenAIChat);
        var sold = await SoldInBatchesAsync(server, await server.ModelAsync(vendor, (vendor, null)));
        string Body(string model, string more = "") => $$"""{"model":"{{model}}",{{members}}{{more}}}""";
        var id = await StartAsync(
            server,
            subscriber,
            endpoint,
            ("good-1", Body(sold)),
            ("dear", Body(RunningServer.Model)), // has no price for batches
            ("streamed", Body(sold, ",\"stream\":true")),
            ("good-2", Body(sold)),
            ("unknown", Body("no-such-model"))
        );

        var batch = await EndAsync(server, subscriber, id);

        Assert.Equal(("completed", 5, 2, 3), Shape(batch));
        var output = await LinesAsync(server, subscriber, batch["output_file_id"]);
        Assert.Equal(["good-1", "good-2"], output.Select(CustomId));
        Assert.All(output, line => Assert.NotNull(line["response"]!["body"]![answered]));
        Assert.All(output, line => Assert.Equal(200, (int)line["response"]!["status_code"]!));
        var errors = await LinesAsync(server, subscriber, batch["error_file_id"]);
        Assert.Equal(["dear", "streamed", "unknown"], errors.Select(CustomId));
        Assert.Equal([400, 400, 404], errors.Select(line => (int)line["response"]!["status_code"]!));
        Assert.Equal("batch_not_offered", (string?)errors[0]["response"]!["body"]!["error"]!["code"]);

        var records = await subscriber.RecordsAsync();
        Assert.Equal(2, records.Count);
        foreach (var record in records)
        {
            Assert.Equal(ServiceClass.Batch, record.Traits!.Service);
            Assert.Equal(server.Cost(sold, record.Usage) / 2, Assert.Single(record.Payments).Amount);
        }
    }

    [Fact]
    public async Task A_file_with_mistakes_fails_with_each_of_them_and_costs_nothing()
    {
        var subscriber = await server.SubscriberAsync();
        var file = await UploadAsync(
            server,
            subscriber,
            string.Join(
                '\n',
                """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{}}""",
                "not json",
                """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{}}""",
                """{"custom_id":"b","method":"GET","url":"/v1/chat/completions","body":{}}""",
                """{"custom_id":"c","method":"POST","url":"/v1/responses","body":{}}""",
                """{"method":"POST","url":"/v1/chat/completions","body":{}}""",
                """{"custom_id":"d","method":"POST","url":"/v1/chat/completions"}""",
                ""
            )
        );
        var made = await CallAsync(server, subscriber, HttpMethod.Post, "batches", Json(Ask((string)file["id"]!)));

        var batch = await EndAsync(server, subscriber, (string)made.Json["id"]!);

        Assert.Equal("validating", (string?)made.Json["status"]);
        Assert.Equal("failed", (string?)batch["status"]);
        Assert.NotNull(batch["failed_at"]);
        Assert.Equal(
            [
                (2, "invalid_json_line"),
                (3, "duplicate_custom_id"),
                (4, "invalid_method"),
                (5, "mismatched_endpoint"),
                (6, "missing_required_parameter"),
                (7, "missing_required_parameter"),
            ],
            batch["errors"]!["data"]!.AsArray().Select(error => ((int)error!["line"]!, (string)error["code"]!))
        );
        Assert.Empty(await subscriber.RecordsAsync());
    }

    [Fact]
    public async Task Files_and_batches_are_their_accounts_own()
    {
        var (owner, other) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef\n", 100_000)); // two pieces
        var file = await UploadAsync(server, owner, text);
        var id = (string)file["id"]!;
        var made = await CallAsync(server, owner, HttpMethod.Post, "batches", Json(Ask(id)));

        Assert.Equal(("file", "batch", "lines.jsonl", text.Length), Described(file));
        Assert.Equal(text, (await CallAsync(server, owner, HttpMethod.Get, $"files/{id}/content")).Text);
        Assert.Equal(id, (string?)Assert.Single((await CallAsync(server, owner, HttpMethod.Get, "files")).Json["data"]!.AsArray())!["id"]);
        foreach (var path in (string[])[$"files/{id}", $"files/{id}/content", $"batches/{(string?)made.Json["id"]}"])
            Assert.Equal(404, (await CallAsync(server, other, HttpMethod.Get, path)).Status);
        Assert.Equal(404, (await CallAsync(server, other, HttpMethod.Delete, $"files/{id}")).Status);
        Assert.Equal(404, (await CallAsync(server, other, HttpMethod.Post, $"batches/{(string?)made.Json["id"]}/cancel")).Status);
        Assert.Equal(400, (await CallAsync(server, other, HttpMethod.Post, "batches", Json(Ask(id)))).Status);
        Assert.Empty((await CallAsync(server, other, HttpMethod.Get, "files")).Json["data"]!.AsArray());
        Assert.Empty((await CallAsync(server, other, HttpMethod.Get, "batches")).Json["data"]!.AsArray());
        Assert.Single((await CallAsync(server, owner, HttpMethod.Get, "batches")).Json["data"]!.AsArray());

        await EndAsync(server, owner, (string)made.Json["id"]!);
        Assert.True((bool)(await CallAsync(server, owner, HttpMethod.Delete, $"files/{id}")).Json["deleted"]!);
        Assert.Equal(404, (await CallAsync(server, owner, HttpMethod.Get, $"files/{id}")).Status);
    }

    [Theory]
    [InlineData("purpose", "fine-tune")]
    [InlineData("completion_window", "1h")]
    [InlineData("endpoint", "/v1/models")]
    [InlineData("input_file_id", "file_0000000000000")]
    public async Task What_cannot_be_is_refused_by_its_field(string field, string value)
    {
        var subscriber = await server.SubscriberAsync();
        if (field == "purpose")
        {
            Assert.Equal(field, (string?)(await SendFileAsync(server, subscriber, "{}", value)).Error["param"]);
            return;
        }
        var asked = JsonNode.Parse(Ask("file_0000000000000"))!;
        asked[field] = value;

        var answer = await CallAsync(server, subscriber, HttpMethod.Post, "batches", Json(asked.ToJsonString()));

        Assert.Equal((400, field), (answer.Status, (string?)answer.Error["param"]));
    }

    [Fact]
    public async Task A_cancelled_batch_pays_for_what_runs_and_begins_nothing_more()
    {
        await using var vendor = new ScriptedVendor();
        var (subscriber, model) = (await server.SubscriberAsync(), await SoldInBatchesAsync(server, vendor));
        var id = await StartAsync(server, subscriber, Chat, Lines(10, model));
        VendorCall[] calls = [await vendor.NextAsync(), await vendor.NextAsync(), await vendor.NextAsync(), await vendor.NextAsync()];

        var cancelling = await CallAsync(server, subscriber, HttpMethod.Post, $"batches/{id}/cancel");
        foreach (var call in calls)
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4)));
        var batch = await EndAsync(server, subscriber, id);

        Assert.Equal("cancelling", (string?)cancelling.Json["status"]);
        Assert.Equal(("cancelled", 10, 4, 0), Shape(batch));
        Assert.Equal(4, (await LinesAsync(server, subscriber, batch["output_file_id"])).Count);
        var errors = await LinesAsync(server, subscriber, batch["error_file_id"]);
        Assert.Equal(6, errors.Count);
        Assert.All(errors, line => Assert.Equal("batch_cancelled", (string?)line["error"]!["code"]));
        Assert.Equal(4, (await subscriber.RecordsAsync()).Count);
        Assert.Equal(4, vendor.Received);
    }

    [Fact]
    public async Task A_revoked_key_stops_its_batch()
    {
        await using var vendor = new ScriptedVendor();
        var (subscriber, model) = (await server.SubscriberAsync(), await SoldInBatchesAsync(server, vendor));
        var second = (await server.Get<Keys>().CreateAsync(subscriber.Customer.Id, "second", null, null, RunningServer.Cancel)).Required();
        var id = await StartAsync(server, subscriber, Chat, Lines(6, model));
        VendorCall[] calls = [await vendor.NextAsync(), await vendor.NextAsync(), await vendor.NextAsync(), await vendor.NextAsync()];

        (await server.Get<Keys>().RevokeAsync(subscriber.Customer.Id, subscriber.KeyId, RunningServer.Cancel)).Required();
        foreach (var call in calls)
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4)));
        var batch = await EndAsync(server, new Subscriber(server, subscriber.Customer, second), id);

        Assert.Equal(("cancelled", 6, 4, 0), Shape(batch));
        Assert.Equal(4, (await subscriber.RecordsAsync()).Count);
    }

    [Fact]
    public async Task A_line_waits_where_a_limit_passes_and_fails_where_the_quota_has_ended()
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4))));
        var model = await SoldInBatchesAsync(server, vendor);
        var (limited, poor) = (await server.SubscriberAsync(), await server.SubscriberAsync(tokens: 1));
        var terms = new Allotment(
            Allotment.Root,
            Allotment.Root,
            "account",
            AllotmentType.Account,
            [new Limit("parallel", LimitWindow.Running, Measure.Requests, 1)]
        );
        Assert.Null(await server.Accounts.ExecuteAsync(limited.Account, new PutAllotment(new CommandId(77), terms)));
        var (waits, fails) = (
            await StartAsync(server, limited, Chat, Lines(4, model)),
            await StartAsync(server, poor, Chat, Lines(2, model))
        );

        var failed = await EndAsync(server, poor, fails);
        Assert.Equal(("completed", 4, 4, 0), Shape(await EndAsync(server, limited, waits)));
        Assert.Equal(("completed", 2, 0, 2), Shape(failed));
        Assert.All(
            await LinesAsync(server, poor, failed["error_file_id"]),
            line => Assert.Equal((402, "insufficient_quota"), (Status(line), (string?)line["response"]!["body"]!["error"]!["code"]))
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restart_in_the_middle_answers_every_line_once_and_charges_none_twice(bool isAsked)
    {
        var (received, reopened) = (0, new TaskCompletionSource());
        await using var vendor = new ScriptedVendor(async call =>
        {
            if (Interlocked.Increment(ref received) > 3)
                await reopened.Task; // and a call of the run before is gone by then
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4)));
        });
        await using var own = new HastyServer();
        await own.StartAsync();
        var (subscriber, model) = (await own.SubscriberAsync(), await SoldInBatchesAsync(own, vendor));
        var id = await StartAsync(own, subscriber, Chat, Lines(9, model));
        await Eventually.WhenAsync(() => ShowAsync(own, subscriber, id), batch => (int)batch["request_counts"]!["completed"]! == 3);

        if (isAsked)
            await own.Server.StopAsync(); // with lines at the vendor, which outlast the drain
        await own.StopAsync();
        await own.StartAsync();
        reopened.SetResult();
        var batch = await EndAsync(own, subscriber, id);

        Assert.Equal(("completed", 9, 9, 0), Shape(batch));
        var output = await LinesAsync(own, subscriber, batch["output_file_id"]);
        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"line-{i}"), output.Select(CustomId));
        var records = await subscriber.RecordsAsync();
        var paid = records.Sum(record => record.Payments.Sum(payment => payment.Amount));
        Assert.Equal(9, records.Count);
        Assert.Equal((RunningServer.RichTokens * QuotaUnit.Micro) - paid, await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // it is cancelled before it can be run again
    public async Task A_charge_whose_answer_was_lost_is_given_back_and_the_line_is_run_again(bool isCancelled)
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4))));
        await using var own = new RunningServer();
        await own.StartAsync();
        var (subscriber, model) = (await own.SubscriberAsync(), await SoldInBatchesAsync(own, vendor));
        var id = await StartAsync(own, subscriber, Chat, Lines(2, model));
        var first = await EndAsync(own, subscriber, id);
        Assert.Equal("completed", (string?)first["status"]);

        // As if the process had ended between the charge of the second line and the storing of its answer.
        await own.Server.StopAsync();
        var batch = BatchId.Parse(id);
        await using (var db = await own.Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(RunningServer.Cancel))
        {
            await db
                .Batches.Where(row => row.Id == batch)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.State, isCancelled ? BatchState.Cancelling : BatchState.InProgress)
                            .SetProperty(row => row.EndedAt, (DateTimeOffset?)null),
                    RunningServer.Cancel
                );
        }
        var lost = (await subscriber.RecordsAsync())[0].Charge;
        var line = new BatchLine(2, "line-1", LineState.Pending, 1, Encoding.UTF8.GetBytes(Lines(2, model)[1].Body), lost);
        await own.Get<IBatchStore>().AddLinesAsync(batch, [line], RunningServer.Cancel);
        await own.StopAsync();
        await own.StartAsync();
        var second = await EndAsync(own, subscriber, id);

        Assert.Equal(isCancelled ? ("cancelled", 1, 0, 0) : ("completed", 1, 1, 0), Shape(second));
        var file = second[isCancelled ? "error_file_id" : "output_file_id"];
        Assert.Equal("line-1", CustomId(Assert.Single(await LinesAsync(own, subscriber, file))));
        var records = await subscriber.RecordsAsync();
        Assert.Equal(isCancelled ? 2 : 3, records.Count);
        var price = records[0].Payments.Sum(payment => payment.Amount);
        Assert.Equal((RunningServer.RichTokens * QuotaUnit.Micro) - ((isCancelled ? 1 : 2) * price), await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_batch_whose_day_is_over_tells_what_was_not_run_and_costs_what_was()
    {
        var (received, never) = (0, new TaskCompletionSource());
        await using var vendor = new ScriptedVendor(async call =>
        {
            if (Interlocked.Increment(ref received) > 1)
                await never.Task;
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4)));
        });
        await using var own = new HastyServer();
        await own.StartAsync();
        var (subscriber, model) = (await own.SubscriberAsync(), await SoldInBatchesAsync(own, vendor));
        var id = await StartAsync(own, subscriber, Chat, Lines(3, model));
        await Eventually.WhenAsync(() => ShowAsync(own, subscriber, id), running => (int)running["request_counts"]!["completed"]! == 1);

        await own.Server.StopAsync();
        var batch = BatchId.Parse(id);
        await using (var db = await own.Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(RunningServer.Cancel))
            await db
                .Batches.Where(row => row.Id == batch)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, row => row.CreatedAt), RunningServer.Cancel);
        await own.StopAsync();
        await own.StartAsync();
        var expired = await EndAsync(own, subscriber, id);
        never.SetResult();

        Assert.Equal(("expired", 3, 1, 0), Shape(expired));
        Assert.NotNull(expired["expired_at"]);
        Assert.Single(await LinesAsync(own, subscriber, expired["output_file_id"]));
        var errors = await LinesAsync(own, subscriber, expired["error_file_id"]);
        Assert.Equal(2, errors.Count);
        Assert.All(errors, line => Assert.Equal("batch_expired", (string?)line["error"]!["code"]));
        Assert.Single(await subscriber.RecordsAsync());
    }

    private const string Chat = "/v1/chat/completions";

    private sealed class HastyServer : RunningServer
    {
        private protected override Gateway.GatewayOptions Options => new() { DrainSeconds = 0 };
    }

    private static async Task<string> SoldInBatchesAsync(RunningServer at, ScriptedVendor vendor) =>
        await SoldInBatchesAsync(at, await at.ServeAsync(vendor));

    private static async Task<string> SoldInBatchesAsync(RunningServer at, string model)
    {
        var sheet = (await at.Get<ICatalogStore>().LoadAsync(RunningServer.Cancel)).Models.Single(listing => listing.Id == model).Prices;
        var sold = sheet with { ServiceClasses = new Dictionary<string, Factor> { ["batch"] = new Factor("1/2") } };
        (await at.Editing.PutPriceAsync(model, sold, "batches", RunningServer.Cancel)).Required();
        return model;
    }

    private static (string CustomId, string Body)[] Lines(int count, string model) =>
        [.. Enumerable.Range(0, count).Select(i => ($"line-{i}", Wire.Ask($"Line {i}", model, members: "\"max_tokens\":50")))];

    private static (string Status, int Total, int Completed, int Failed) Shape(JsonNode batch) =>
        (
            (string)batch["status"]!,
            (int)batch["request_counts"]!["total"]!,
            (int)batch["request_counts"]!["completed"]!,
            (int)batch["request_counts"]!["failed"]!
        );

    private static (string, string, string, int) Described(JsonNode file) =>
        ((string)file["object"]!, (string)file["purpose"]!, (string)file["filename"]!, (int)file["bytes"]!);

    private static string CustomId(JsonNode line) => (string)line["custom_id"]!;

    private static int Status(JsonNode line) => (int)line["response"]!["status_code"]!;

    private static string Ask(string file, string endpoint = Chat) =>
        $$"""{"input_file_id":"{{file}}","endpoint":"{{endpoint}}","completion_window":"24h","metadata":{"night":"one"} }""";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<string> StartAsync(
        RunningServer at,
        Subscriber subscriber,
        string endpoint,
        params (string CustomId, string Body)[] lines
    )
    {
        var text = string.Concat(
            lines.Select(line => $$"""{"custom_id":"{{line.CustomId}}","method":"POST","url":"{{endpoint}}","body":{{line.Body}}}""" + "\n")
        );
        var file = await UploadAsync(at, subscriber, text);
        var made = await CallAsync(at, subscriber, HttpMethod.Post, "batches", Json(Ask((string)file["id"]!, endpoint)));
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Json["id"]!;
    }

    private static async Task<JsonNode> ShowAsync(RunningServer at, Subscriber subscriber, string id) =>
        (await CallAsync(at, subscriber, HttpMethod.Get, $"batches/{id}")).Json;

    private static Task<JsonNode> EndAsync(RunningServer at, Subscriber subscriber, string id) =>
        Eventually.WhenAsync(
            () => ShowAsync(at, subscriber, id),
            batch => (string)batch["status"]! is "failed" or "completed" or "expired" or "cancelled"
        );

    private static async Task<IReadOnlyList<JsonNode>> LinesAsync(RunningServer at, Subscriber subscriber, JsonNode? file) =>
        [
            .. (await CallAsync(at, subscriber, HttpMethod.Get, $"files/{(string?)file}/content"))
                .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!),
        ];

    private static async Task<JsonNode> UploadAsync(RunningServer at, Subscriber subscriber, string text)
    {
        var answer = await SendFileAsync(at, subscriber, text, "batch");
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    private static async Task<Answer> SendFileAsync(RunningServer at, Subscriber subscriber, string text, string purpose)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(purpose), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", "lines.jsonl" },
        };
        return await CallAsync(at, subscriber, HttpMethod.Post, "files", form);
    }

    private static async Task<Answer> CallAsync(
        RunningServer at,
        Subscriber subscriber,
        HttpMethod method,
        string path,
        HttpContent? content = null
    )
    {
        using var request = new HttpRequestMessage(method, $"{at.Url}/v1/{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", subscriber.Key);
        using var response = await at.Client.SendAsync(request, RunningServer.Cancel);
        return await Answer.ReadAsync(response);
    }
}
