using CsCheck;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Trials;

namespace Tokenline.Charging.Tests.Trials;

/// <summary>A life made again is the same life under the same terms, and obeys the same rules under others.</summary>
public sealed class AccountTrialProperties
{
    /// <summary>Drafts with the numbers of what was in force, and a period that begins anywhere in the life.</summary>
    [Fact]
    public void A_draft_equal_to_what_was_in_force_charges_every_call_exactly_what_it_was_charged() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 100], Gen.Bool)
            .Sample(
                (seed, part, hasDraft) =>
                {
                    var life = new LivedAccount(seed);
                    var from = LivedAccount.Born + ((life.Died - LivedAccount.Born) * part / 100);
                    var drafts = hasDraft ? Drafts(life.Tariffs, 1) : [];
                    var facts = Try(life, TrialTerms.Of(from, life.Died, life.Tariffs.Current, drafts), out var trial);

                    Assert.True(trial.FirstNotDone is null, trial.FirstNotDone);
                    var counted = life.Life.Where(lived => lived.Entry is Settled && lived.Record!.StartedAt >= from).ToList();
                    Assert.Equal(counted.Count, facts.OfType<TrialCall>().Count());
                    foreach (var call in facts.OfType<TrialCall>())
                        Assert.Equal(LivedAccount.Paid(call.Was), call.Now is null ? "refused" : LivedAccount.Paid(call.Now));
                    foreach (var refund in facts.OfType<TrialRefund>())
                        Assert.Equal(refund.Was.Parts.Select(part => part.Amount), refund.Now!.Parts.Select(part => part.Amount));
                },
                iter: 150
            );

    /// <summary>The engine's own invariants hold in a trial too: payers, what is free and what is uncollected make the whole call; and only its calls are in it.</summary>
    [Fact]
    public void Under_any_draft_every_call_is_made_again_refused_or_cut_and_adds_up() =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 60], Gen.Int[1, 6])
            .Sample(
                (seed, part, times) =>
                {
                    var life = new LivedAccount(seed);
                    var from = LivedAccount.Born + ((life.Died - LivedAccount.Born) * part / 100);
                    var facts = Try(life, TrialTerms.Of(from, life.Died, life.Tariffs.Current, Drafts(life.Tariffs, times)), out _);

                    foreach (var call in facts.OfType<TrialCall>())
                    {
                        if (call.Now is not { } now)
                            continue;
                        Assert.Equal(now.RetailNano, now.Payments.Sum(paid => paid.WorthNano) + now.FreeNano + now.UncollectedNano);
                        Assert.True(call.IsCut ? now.Usage.WholeOutput < call.Was.Usage.WholeOutput : now.Usage == call.Was.Usage);
                        Assert.Equal(int.MaxValue, now.TariffVersion);
                    }
                },
                iter: 100
            );

    [Fact]
    public void Calls_that_ran_when_the_period_began_keep_the_price_that_they_started_under()
    {
        var life = new LivedAccount(4711);
        var across = life.Life.First(lived => lived.Entry is Settled settled && lived.Record!.EndedAt > lived.Record.StartedAt);
        var from = across.Record!.StartedAt.AddTicks(1);
        var facts = Try(life, TrialTerms.Of(from, life.Died, life.Tariffs.Current, Drafts(life.Tariffs, 5)), out _);

        Assert.DoesNotContain(facts.OfType<TrialCall>(), call => call.Was.Charge == across.Record.Charge);
        Assert.All(facts.OfType<TrialCall>(), call => Assert.True(call.Was.StartedAt >= from));
    }

    [Fact]
    public void A_dearer_weight_uses_a_plan_up_earlier_and_what_it_cannot_pay_is_refused_or_paid_in_money()
    {
        var (dear, moved) = (0, 0);
        for (var seed = 0; seed < 20; seed++)
        {
            var life = new LivedAccount(seed);
            var facts = Try(life, TrialTerms.Of(LivedAccount.Born, life.Died, life.Tariffs.Current, Drafts(life.Tariffs, 6)), out _);
            dear += facts.OfType<TrialCall>().Count(call => call.Now is null || call.IsCut);
            moved += facts.OfType<TrialCall>().Count(call => call.Now is { } now && Money(now) > Money(call.Was));
        }
        Assert.True(dear > 20, $"{dear} calls refused or cut");
        Assert.True(moved > 20, $"{moved} calls paid more in money");
    }

    private static long Money(UsageRecord record) => record.Payments.Where(paid => paid.IsMoney).Sum(paid => paid.Amount);

    /// <summary>The charges of version 1, so many times as dear, as the draft's version.</summary>
    private static List<ModelTariff> Drafts(TestTariffs tariffs, int times) =>
        [.. TestTariffs.Version(int.MaxValue, DateTimeOffset.MaxValue, times).Models.Values.OrderBy(model => model.Model)];

    private static List<TrialFact> Try(LivedAccount life, TrialTerms terms, out AccountTrial trial)
    {
        trial = new AccountTrial(LivedAccount.Id, terms, life.Refunded);
        var facts = new List<TrialFact>();
        foreach (var lived in life.Life)
        {
            if (trial.IsOver(lived.Entry))
                break;
            if (trial.Add(lived) is { } fact)
                facts.Add(fact);
        }
        return facts;
    }
}
