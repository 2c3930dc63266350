using System.Globalization;
using System.Text;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway;

namespace Tokenline.Host.Tests;

/// <summary>Nobody spends more than there is: not by long streams, not in parallel, not because a vendor says so. Slices are short here, so that streams meet many.</summary>
public class QuotaTests(QuotaTests.ShortSlices server) : IClassFixture<QuotaTests.ShortSlices>
{
    [Theory]
    [Trait("WhatOthersGotWrong", "6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_outlives_the_balance_ends_cleanly_with_length_and_what_was_held_pays_for_it(bool askUsage)
    {
        await using var vendor = new ScriptedVendor(TalkAsync);
        var subscriber = await server.SubscriberAsync(tokens: 3000);

        var answer = await subscriber.AskAsync(
            Wire.Ask(
                model: await server.ServeAsync(vendor),
                stream: true,
                members: askUsage ? "\"stream_options\":{\"include_usage\":true}" : ""
            )
        );

        Assert.False(answer.IsBroken);
        Assert.True(answer.IsDone);
        Assert.Equal("length", answer.FinishReason);
        var record = await subscriber.RecordAsync();
        Assert.Equal((CallEnding.QuotaEnded, UsageBasis.Estimated, 0L), (record.Ending, record.Basis, record.UncollectedNano));
        var charged = Assert.Single(record.Payments).Amount;
        var held = server.Journal(subscriber.Account).OfType<Extended>().Last().Held.Sum(part => part.Amount);
        Assert.InRange(charged, 1, held);
        Assert.Equal((3000 * QuotaUnit.Micro) - charged, await subscriber.BalanceAsync());
        Assert.True(charged > 1000 * QuotaUnit.Micro, "the stream ended although much was left");
        var usage = answer.Chunks[^1]["usage"];
        Assert.Equal(askUsage ? record.Usage[Meter.Output] : null, (long?)usage?["completion_tokens"]);
    }

    [Fact]
    public async Task What_is_left_is_told_as_it_is_after_the_charge_and_before_it_for_a_stream()
    {
        await using var vendor = new ScriptedVendor(call =>
            call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2))) // 10 × 2 + 2 × 3 tokens
        );
        var subscriber = await server.SubscriberAsync(tokens: 1_000_000);
        var model = await server.ServeAsync(vendor);

        var plain = await subscriber.AskAsync(Wire.Ask(model: model, members: "\"max_tokens\":100"));

        Assert.Equal("999974", plain.Header("x-ratelimit-remaining-tokens"));
        Assert.Equal("1000000", plain.Header("x-ratelimit-limit-tokens"));
        Assert.Equal(999_974 * QuotaUnit.Micro, await subscriber.BalanceAsync());
        var stream = await subscriber.AskAsync(Wire.Simulated("tokens=5", stream: true, members: "\"max_tokens\":100"));
        Assert.InRange(long.Parse(stream.Header("x-ratelimit-remaining-tokens")!, CultureInfo.InvariantCulture), 1, 999_974 - (100 * 9));
    }

    [Fact]
    public async Task When_the_quota_ends_the_vendor_is_let_go_of()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync(tokens: 2500);
        var asking = subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => TalkAsync(call));

        Assert.Equal("length", (await asking).FinishReason);
    }

    [Fact]
    public async Task Every_choice_of_a_stream_whose_quota_ends_is_ended()
    {
        await using var vendor = new ScriptedVendor(async call =>
        {
            await call.BeginAsync();
            await call.SendAsync(Wire.Finish()); // choice 0 is through
            while (true)
                await call.SendAsync(Wire.Delta("some words more ").Replace("\"index\":0", "\"index\":2", StringComparison.Ordinal));
        });
        var subscriber = await server.SubscriberAsync(tokens: 3000);

        var answer = await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true, members: "\"n\":3"));

        Assert.True(answer.IsDone);
        var ends = answer.Chunks.Select(chunk => chunk["choices"]![0]!).Where(choice => choice["finish_reason"] is not null);
        Assert.Equal(
            [(0, "stop"), (1, "length"), (2, "length")],
            ends.Select(choice => ((int)choice["index"]!, (string)choice["finish_reason"]!))
        );
    }

    [Fact]
    public async Task A_long_stream_extends_its_hold_slice_by_slice_and_gives_back_what_it_did_not_need()
    {
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Simulated("tokens=800", stream: true));

        Assert.Equal("stop", answer.FinishReason);
        var extensions = server.Journal(subscriber.Account).OfType<Extended>().ToList();
        Assert.InRange(extensions.Count, 5, 100);
        Assert.Equal(extensions.Select(entry => entry.DeliveredOutput).Order(), extensions.Select(entry => entry.DeliveredOutput));
        Assert.True(extensions[^1].OutputHeld > extensions[0].OutputHeld);
        Assert.All(extensions, entry => Assert.True(entry.OutputHeld > entry.DeliveredOutput));
        var record = await subscriber.RecordAsync();
        Assert.Equal((800L, UsageBasis.Vendor), (record.Usage[Meter.Output], record.Basis));
        Assert.Equal(
            server.Cost(RunningServer.Model, record.Usage),
            (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync()
        );
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "6")]
    public async Task A_stream_never_delivers_more_text_than_is_held_for()
    {
        await using var vendor = new ScriptedVendor();
        var subscriber = await server.SubscriberAsync(tokens: 20_000);
        var asking = subscriber.PostAsync(Wire.Ask(model: await server.ServeAsync(vendor), stream: true));
        var call = await vendor.NextAsync();
        await call.BeginAsync();
        await call.SendAsync(Wire.Delta("word"));
        using var response = await asking;
        using var events = await EventReader.OfAsync(response);
        await events.NextAsync();
        var delivered = 4;

        for (var i = 0; i < 200; i++)
        {
            await call.SendAsync(Wire.Delta(" more words"));
            await events.NextAsync();
            delivered += 11;
            var held = server
                .Journal(subscriber.Account)
                .Select(entry =>
                    entry is Extended extended ? extended.OutputHeld
                    : entry is Dispatched first ? first.OutputHeld
                    : 0
                )
                .Max();
            Assert.True(delivered / 4 <= held, $"{delivered} bytes delivered, {held} tokens held");
        }
        await call.SendAsync(Wire.Finish() + Wire.UsageChunk(10, 400) + Wire.Done);
        await call.EndAsync();
        while (await events.NextAsync() is not null) { }
    }

    [Fact]
    public async Task Streams_in_parallel_on_a_small_balance_end_cleanly_and_never_overdraw_it()
    {
        await using var vendor = new ScriptedVendor(async call =>
        {
            try
            {
                await TalkAsync(call, pieces: 400);
                await call.SendAsync(Wire.Finish() + Wire.UsageChunk(20, 800) + Wire.Done);
                await call.EndAsync();
            }
            finally
            {
                call.Dispose();
            }
        });
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync(tokens: 12_000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => subscriber.AskAsync(Wire.Ask(model: model, stream: true))));

        Assert.Contains(answers, answer => answer.Status == 200);
        Assert.All(
            answers.Where(answer => answer.Status == 200),
            answer => Assert.True(answer.IsDone && answer.FinishReason is "length" or "stop")
        );
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal("insufficient_quota", answer.Code));
        var records = await subscriber.RecordsAsync();
        Assert.Equal(answers.Count(answer => answer.Status == 200), records.Count);
        Assert.All(records, record => Assert.Equal(0, record.UncollectedNano));
        Assert.Equal(
            (12_000 * QuotaUnit.Micro) - records.Sum(record => record.Payments.Sum(payment => payment.Amount)),
            await subscriber.BalanceAsync()
        );
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "1")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Many_calls_at_once_on_a_balance_for_one_serve_exactly_one(bool stream)
    {
        await using var vendor = new ScriptedVendor();
        var model = await server.ServeAsync(vendor);
        var body = Wire.Ask(model: model, stream: stream, members: "\"max_tokens\":16");
        // What one call holds is read from one that runs.
        var rich = await server.SubscriberAsync();
        var asking = rich.AskAsync(body);
        var first = await vendor.NextAsync();
        var one = (await rich.ViewAsync()).Buckets.Sum(bucket => bucket.Reserved);
        await EndAsync(first, stream);
        await asking;
        var subscriber = await server.SubscriberAsync(tokens: (decimal)one / QuotaUnit.Micro);

        var calls = Enumerable.Range(0, 30).Select(_ => subscriber.AskAsync(body)).ToList();
        var served = await vendor.NextAsync();
        // The one that is served waits at the vendor; all others have their answer before it ends.
        var refused = await Eventually.WhenAsync(
            () => Task.FromResult(calls.Where(call => call.IsCompleted).ToList()),
            done => done.Count == 29
        );
        Assert.Equal(29, refused.Count);
        await EndAsync(served, stream);
        var answers = await Task.WhenAll(calls);

        Assert.Equal(29, answers.Count(answer => answer is { Status: 402, Code: "insufficient_quota" }));
        Assert.Equal(200, Assert.Single(answers, answer => answer.Status != 402).Status);
        Assert.Equal(2, vendor.Received);
        Assert.Equal(one - server.Cost(model, 10, 5), await subscriber.BalanceAsync());
        Assert.Single(await subscriber.RecordsAsync());

        static Task EndAsync(VendorCall call, bool stream) =>
            stream
                ? call.StreamAsync(Wire.Delta("hi"), Wire.Finish(), Wire.UsageChunk(10, 5), Wire.Done)
                : call.AnswerAsync(Wire.Completion("hi", Wire.Usage(10, 5)));
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "8")]
    [InlineData("\"max_tokens\":1000", "max_tokens", true)]
    [InlineData("\"max_completion_tokens\":1000", "max_completion_tokens", true)]
    [InlineData("\"max_tokens\":1000", "max_tokens", false)]
    [InlineData("\"temperature\":1", "max_tokens", false)]
    public async Task A_balance_for_a_part_of_a_call_lowers_its_limit_and_says_so(string members, string field, bool stream)
    {
        var subscriber = await server.SubscriberAsync(tokens: 3000);
        var text = $"Hello [[simulate: tokens=5000]] {Guid.NewGuid()}";

        var answer = await subscriber.AskAsync(Wire.Ask(text, stream: stream, members: members));

        Assert.Equal(200, answer.Status);
        var limit = int.Parse(answer.Header("x-tokenline-output-limit")!, CultureInfo.InvariantCulture);
        Assert.InRange(limit, 16, 999);
        Assert.Contains($"\"{field}\":{limit}", Encoding.UTF8.GetString(server.Received(text[^36..]).Body.Span), StringComparison.Ordinal);
        var record = await subscriber.RecordAsync();
        Assert.Equal((limit, 0L, CallEnding.Completed), (record.Usage[Meter.Output], record.UncollectedNano, record.Ending));
        Assert.Equal((3000 * QuotaUnit.Micro) - server.Cost(RunningServer.Model, record.Usage), await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task Usage_beyond_what_the_account_has_empties_it_is_kept_as_uncollected_and_repeated_suspends()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        for (var round = 0; round < 3; round++)
        {
            await server.GrantAsync(subscriber.Account, 2000);
            var answer = await subscriber.AskAsync(Wire.Simulated("fault=usage-above:50000", members: "\"max_tokens\":20"));
            Assert.Equal(200, answer.Status);
            Assert.Equal(0, await subscriber.BalanceAsync());
        }

        var records = await subscriber.RecordsAsync();
        Assert.All(records, record => Assert.True(record.UncollectedNano > 0));
        Assert.All(records, record => Assert.Equal(2000 * QuotaUnit.Micro, Assert.Single(record.Payments).Amount));
        await server.GrantAsync(subscriber.Account, 2000);
        var refused = await subscriber.AskAsync(Wire.Ask());
        Assert.Equal((403, "account_suspended"), (refused.Status, refused.Code));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "37")]
    public async Task A_charge_larger_than_the_rest_of_the_plan_takes_the_rest_from_the_next_bucket()
    {
        var subscriber = await server.SubscriberAsync(tokens: 500);
        await server.GrantAsync(subscriber.Account, 1_000_000);

        await subscriber.AskAsync(Wire.Simulated("tokens=300", members: "\"max_tokens\":400"));

        var record = await subscriber.RecordAsync();
        Assert.Equal(2, record.Payments.Length);
        Assert.Equal(500 * QuotaUnit.Micro, record.Payments[0].Amount);
        Assert.Equal(server.Cost(RunningServer.Model, record.Usage), record.Payments.Sum(payment => payment.Amount));
    }

    [Fact]
    public async Task Quota_of_a_unit_that_does_not_pay_for_the_model_pays_nothing()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        await server.GrantAsync(subscriber.Account, 1_000_000, "developer-token");

        var answer = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal((402, "insufficient_quota"), (answer.Status, answer.Code));
        Assert.Equal(1_000_000 * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "7")]
    public async Task A_used_up_plan_does_not_turn_into_pay_as_you_go_unasked()
    {
        var subscriber = await server.SubscriberAsync(tokens: 1);

        var answer = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal((402, "insufficient_quota", "false"), (answer.Status, answer.Code, answer.Header("x-should-retry")));
        Assert.Contains($"Plans and packs: {server.Url}/", (string?)answer.Error["message"], StringComparison.Ordinal);
        Assert.Empty(await subscriber.RecordsAsync());
        Assert.Single((await subscriber.ViewAsync()).Buckets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pay_as_you_go_is_charged_up_to_the_customers_cap_and_no_further(bool stream)
    {
        const long cap = Money.NanoPerUnit / 50;
        var subscriber = await server.SubscriberAsync(tokens: 0);
        (
            await server.Get<Customers>().AllowPayAsYouGoAsync(subscriber.Customer.Id, new Money(cap, Currency.Cny), RunningServer.Cancel)
        ).Required();

        Answer answer;
        var calls = 0;
        while ((answer = await subscriber.AskAsync(Wire.Simulated("tokens=5000", stream))).Status == 200)
            Assert.True(++calls < 20, "the cap stops nothing");

        Assert.Equal((402, "spend_cap_reached", "false"), (answer.Status, answer.Code, answer.Header("x-should-retry")));
        var records = await subscriber.RecordsAsync();
        Assert.Equal(calls, records.Count);
        var paid = records.SelectMany(record => record.Payments).ToList();
        Assert.All(paid, payment => Assert.True(payment.IsMoney));
        Assert.Equal(records.Sum(record => record.RetailNano), paid.Sum(payment => payment.Amount));
        Assert.InRange(paid.Sum(payment => payment.Amount), cap * 9 / 10, cap);
    }

    [Fact]
    public async Task Pay_as_you_go_that_was_ended_pays_nothing_more()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        (
            await server
                .Get<Customers>()
                .AllowPayAsYouGoAsync(subscriber.Customer.Id, new Money(Money.NanoPerUnit, Currency.Cny), RunningServer.Cancel)
        ).Required();
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask())).Status);
        (await server.Get<Customers>().EndPayAsYouGoAsync(subscriber.Customer.Id, RunningServer.Cancel)).Required();

        var answer = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal((402, "insufficient_quota"), (answer.Status, answer.Code));
        Assert.Single(await subscriber.RecordsAsync());
    }

    /// <summary>Talks until the gateway lets go of it.</summary>
    private static Task TalkAsync(VendorCall call) => TalkAsync(call, int.MaxValue);

    private static async Task TalkAsync(VendorCall call, int pieces)
    {
        await call.BeginAsync();
        for (var i = 0; i < pieces; i++)
            await call.SendAsync(Wire.Delta("some words "));
    }

    public sealed class ShortSlices : RunningServer
    {
        private protected override GatewayOptions Options => new() { SliceBytes = 256 };
    }
}
