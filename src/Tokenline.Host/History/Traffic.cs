using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;
using Tokenline.Commerce.Routing;

namespace Tokenline.Host.History;

/// <summary>Calls, from hold to settle by the engine, and what their attempts said of the deployments.</summary>
/// <param name="at">Of 1, the whole history, at an instant.</param>
internal sealed class Traffic(
    IChargingAccounts accounts,
    ModelCatalogHolder catalog,
    TariffHolder tariffs,
    IdSource ids,
    MovedClock clock,
    DeploymentsOfThePast deployments,
    Func<DateTimeOffset, double> at
)
{
    private const long InputMost = 180_000;
    private const double Streamed = 0.8;
    private readonly List<Task> ending = [];
    private readonly Dictionary<(string Deployment, DateOnly Day), QualityDay> quality = [];
    private readonly List<ChargeId> broken = [];

    public IReadOnlyCollection<QualityDay> Quality => quality.Values;

    public int Settled { get; private set; }

    public int Refused { get; private set; }

    public int Released { get; private set; }

    /// <summary>Charges of answers that broke off since this was asked last.</summary>
    public IReadOnlyList<ChargeId> TakeBroken()
    {
        ChargeId[] taken = [.. broken];
        broken.Clear();
        return taken;
    }

    /// <summary>Every call that has ended is durable.</summary>
    public async Task FlushAsync()
    {
        await Task.WhenAll(ending);
        ending.Clear();
    }

    /// <summary>One call begins now. Null: it was refused, or there is nothing to call; else when it ends, and what ends it.</summary>
    public (DateTimeOffset At, Action End)? Begin(Subscriber subscriber, DateOnly day, string? run)
    {
        var (dice, now) = (subscriber.Dice, clock.GetUtcNow());
        if (Pick(subscriber.Persona, dice) is not { } model || tariffs.Current.Find(model.Id, now) is not { } tariff)
            return null;
        var (usage, stream) = (UsageOf(subscriber.Persona, model, dice), dice.NextDouble() < Streamed);
        var first = model.Deployments[First(model, dice)];
        var charge = ids.Next<ChargeKind>();
        var held = accounts.HoldAsync(
            subscriber.Customer.Account,
            new HoldRequest
            {
                Charge = charge,
                Key = subscriber.Key,
                Tariff = tariff,
                Vendor = first.Vendor,
                Deployment = first.Id,
                Stream = stream,
                InputBound = usage.WholeInput + 512,
                InputEstimate = usage.WholeInput,
                TokensEstimate = usage.WholeInput + usage[Meter.Output],
                OutputWanted = usage[Meter.Output] * 2,
                OutputModest = usage[Meter.Output] * 2,
                OutputMin = 1,
                Precise = true,
                Node = 1,
                Run = run,
            }
        );
        var outcome = held.IsCompletedSuccessfully ? held.Result : held.AsTask().GetAwaiter().GetResult();
        if (outcome.Verdict != HoldVerdict.Granted)
        {
            Refused++;
            return null;
        }
        return Served(subscriber, model, first, charge, Within(usage, outcome.OutputGranted), stream, outcome, day);
    }

    private (DateTimeOffset At, Action End) Served(
        Subscriber subscriber,
        Model model,
        Deployment first,
        ChargeId charge,
        Usage usage,
        bool stream,
        HoldOutcome held,
        DateOnly day
    )
    {
        var (dice, now) = (subscriber.Dice, clock.GetUtcNow());
        var account = subscriber.Customer.Account;
        var failed = new List<VendorAttempt>();
        foreach (var deployment in model.Deployments.OrderBy(each => each != first).ThenBy(each => each.Priority))
        {
            var output = usage[Meter.Output];
            var tried = deployments.Try(model, deployment, at(now), output, stream, dice);
            var tally = TallyOf(model, deployment, day);
            tally.Ended(tried.Ending);
            var asked = now;
            now += TimeSpan.FromMilliseconds(tried.Took);
            if (tried.Ending == AttemptEnding.Broken && stream)
                return (now, () => Cut(account, deployment, charge, usage, failed));
            if (tried.Ending != AttemptEnding.Served)
            {
                failed.Add(new(deployment.Vendor, deployment.Id, asked, tried.Outcome, null));
                continue;
            }
            if (tried.FirstToken is { } began)
                tally.FirstTokens.Add(began);
            tally.Wrote(output, tried.FirstToken is { } until ? tried.Took - until : 0);
            if (deployment.Profile.Energy is { } energy)
            {
                tally.EnergyTokens += output;
                tally.Joules += output * (double)energy.JoulesPerOutputToken;
            }
            return (now, () => Settle(account, deployment, charge, usage, EndingOf(usage, held, dice), failed));
        }
        return (now, () => End(accounts.ReleaseAsync(account, new(charge, failed[^1].Outcome, [.. failed])), isReleased: true));
    }

    private static CallEnding EndingOf(Usage usage, HoldOutcome held, Random dice) =>
        usage[Meter.Output] == held.OutputGranted ? CallEnding.QuotaEnded
        : dice.NextDouble() < 0.012 ? CallEnding.ClientGone
        : CallEnding.Completed;

    private void Settle(
        AccountId account,
        Deployment deployment,
        ChargeId charge,
        Usage usage,
        CallEnding ending,
        List<VendorAttempt> failed
    ) =>
        End(
            accounts.SettleAsync(
                account,
                new SettleRequest
                {
                    Charge = charge,
                    Usage = usage,
                    Basis = ending == CallEnding.ClientGone ? UsageBasis.Estimated : UsageBasis.Vendor,
                    Ending = ending,
                    Vendor = deployment.Vendor,
                    Deployment = deployment.Id,
                    Attempts = failed.Count == 0 ? null : [.. failed],
                }
            )
        );

    /// <summary>The vendor broke off: a part was delivered, and is counted here.</summary>
    private void Cut(AccountId account, Deployment deployment, ChargeId charge, Usage usage, List<VendorAttempt> failed)
    {
        usage[Meter.Output] = Math.Max(1, usage[Meter.Output] / 3);
        usage[Meter.Reasoning] = Math.Min(usage[Meter.Reasoning], usage[Meter.Output]);
        Settle(account, deployment, charge, usage, CallEnding.VendorCut, failed);
        broken.Add(charge);
    }

    private void End(ValueTask<EndOutcome> end, bool isReleased = false)
    {
        if (isReleased)
            Released++;
        else
            Settled++;
        if (!end.IsCompletedSuccessfully)
            ending.Add(end.AsTask());
    }

    private QualityTally TallyOf(Model model, Deployment deployment, DateOnly day)
    {
        if (!quality.TryGetValue((deployment.Id, day), out var known))
            quality.Add((deployment.Id, day), known = new(deployment.Id, model.Id, deployment.Vendor, day, new()));
        return known.Tally;
    }

    private Model? Pick(Persona persona, Random dice)
    {
        var there = persona.Models.Where(each => catalog.Current.Find(each.Model) is { WithdrawnAt: null }).ToList();
        var drawn = dice.Next(there.Sum(each => each.Weight) + 1);
        foreach (var (model, weight) in there)
        {
            drawn -= weight;
            if (drawn <= 0)
                return catalog.Current.Find(model);
        }
        return null;
    }

    /// <summary>Most calls go to the vendor itself, some to those who resell it.</summary>
    private static int First(Model model, Random dice) => dice.NextDouble() < 0.7 ? 0 : dice.Next(model.Deployments.Length);

    private static Usage UsageOf(Persona persona, Model model, Random dice)
    {
        var input = Math.Clamp((long)(persona.Input * Spread(dice)), 40, Math.Min(InputMost, model.ContextTokens / 2));
        var output = Math.Clamp((long)(persona.Output * Spread(dice)), 8, Math.Min(16_000, model.OutputTokensMax));
        var cached = (long)(input * persona.Cached * dice.NextDouble());
        var usage = new Usage
        {
            [Meter.Input] = input - cached,
            [Meter.CachedInput] = cached,
            [Meter.Output] = output,
        };
        if (model.Profile.Abilities.Contains(ModelAbility.Reasoning))
            usage[Meter.Reasoning] = (long)(output * 0.6 * dice.NextDouble());
        return usage;
    }

    private static Usage Within(Usage usage, long granted)
    {
        usage[Meter.Output] = Math.Min(usage[Meter.Output], granted);
        usage[Meter.Reasoning] = Math.Min(usage[Meter.Reasoning], usage[Meter.Output]);
        return usage;
    }

    private static double Spread(Random dice) => Math.Exp(1.4 * (dice.NextDouble() + dice.NextDouble() + dice.NextDouble() - 1.5));
}
