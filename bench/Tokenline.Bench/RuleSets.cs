using System.Collections.Frozen;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Tariffs;
using Tokenline.Units;

namespace Tokenline.Bench;

/// <summary>What the accounts of a run have, and how their calls are priced.</summary>
/// <param name="Account">What sets an account up.</param>
/// <param name="Allotment">The node that calls come from.</param>
internal sealed record RuleSet(
    string Name,
    ModelTariff Tariff,
    Func<IdSource, IEnumerable<AccountCommand>> Account,
    AllotmentId? Allotment = null,
    CallTraits? Traits = null
);

internal static class RuleSets
{
    public const string Model = "bench";
    private const string Zone = "Asia/Shanghai";
    private const long Plenty = long.MaxValue / 4;

    private static readonly QuotaUnit generalToken = new("general-token");
    private static readonly QuotaUnit point = new("point");
    private static readonly QuotaUnit credit = new("credit");

    /// <summary>A flat price, a flat weight, one bucket.</summary>
    public static RuleSet Plain { get; } =
        new(
            "one bucket",
            new ModelTariff(
                Model,
                1,
                Currency.Cny,
                new RateCard(Flat(2_000_000_000, 200_000_000, 8_000_000_000), RateCard.PerMillion),
                [new UnitCard(generalToken, new RateCard(Flat(2_000_000, 200_000, 8_000_000), RateCard.PerUnit))]
            ),
            static ids => [new GrantBucket(Bucket(ids, "Plan", BucketType.Plan, generalToken))]
        );

    /// <summary>
    /// Twenty rules (four context tiers in two dimensions, three tiers of monthly volume, two image classes, packages, a minimum, reasoning apart, three service
    /// classes, two windows of the day, a region and a customer group, and a multiplier of the weight's own), five buckets of which two share the call, three
    /// windows, and a path of four nodes.
    /// </summary>
    public static RuleSet Full { get; } =
        new("all rules", FullTariff(), FullAccount, new AllotmentId(3), new CallTraits(ServiceClass.Priority, "cn-north", "campus"));

    private static RateTable Flat(long input, long cached, long output) => new([new RateTier(null, [input, cached, 0, 0, output])]);

    private static ModelTariff FullTariff()
    {
        var group = new VolumeGroup("all", MeterSet.Of(Meter.Input, Meter.CachedInput, Meter.Output), Zone);
        var hours = new TimeOfDay(
            Zone,
            [
                new TimeWindow("peak", Weekdays.All, 9 * 60, 18 * 60, new Ratio(3, 2)),
                new TimeWindow("night", Weekdays.All, 22 * 60, 6 * 60, new Ratio(1, 2)),
            ],
            [new DateOnly(2026, 10, 1)]
        );
        var price = new RateCard(Tiers(1_000_000_000), RateCard.PerMillion)
        {
            Minimum = 10_000,
            Volume = new VolumeTiers(
                VolumeKind.Marginal,
                group,
                [new(1_000_000_000, Ratio.One), new(100_000_000_000, new Ratio(9, 10)), new(null, new Ratio(8, 10))]
            ),
        };
        return new ModelTariff(
            Model,
            1,
            Currency.Cny,
            price,
            [
                new UnitCard(generalToken, new RateCard(Tiers(1_000_000), RateCard.PerUnit) { Multipliers = new() { Hours = hours } }),
                new UnitCard(point, new RateCard(Tiers(100_000), RateCard.PerUnit)),
                new UnitCard(credit, Credits.Of(price, nanoPerCredit: 70_000_000)),
            ]
        )
        {
            Volume = group,
            Multipliers = new()
            {
                Classes = new([
                    new(ServiceClass.Flex, new Ratio(1, 2)),
                    new(ServiceClass.Priority, new Ratio(2, 1)),
                    new(ServiceClass.Batch, new Ratio(1, 2)),
                ]),
                Hours = hours,
                Regions = new([new("cn-north", new Ratio(11, 10))]),
                CustomerGroups = new([new("campus", new Ratio(7, 10))]),
            },
        };
    }

    /// <summary>Every meter has a rate; the short band of input is divided by output.</summary>
    private static RateTable Tiers(long unit)
    {
        RateTier Tier(long? upToInput, long? upToOutput, long factor) =>
            new(upToInput, [.. Enumerable.Range(1, Usage.MeterCount).Select(meter => unit * factor * meter / 4)])
            {
                UpToOutput = upToOutput,
            };
        return new([Tier(32_000, 200, 1), Tier(32_000, null, 2), Tier(128_000, null, 3), Tier(null, null, 4)])
        {
            ReasoningApart = true,
            Packages = new([new Package(Meter.Character, 1000)]),
            Images = new([new("1024x1024/standard", unit * 40), new("1024x1024/high", unit * 160)]),
        };
    }

    private static IEnumerable<AccountCommand> FullAccount(IdSource ids)
    {
        CommandId Command() => ids.Next<CommandKind>();
        var (department, project, member) = (new AllotmentId(1), new AllotmentId(2), new AllotmentId(3));
        yield return new PutAllotment(
            Command(),
            new(
                Allotment.Root,
                Allotment.Root,
                "account",
                AllotmentType.Account,
                [new Limit("month", LimitWindow.Month, Measure.Value, Plenty, Currency: Currency.Cny, TimeZone: Zone)]
            )
        );
        yield return new PutAllotment(Command(), new(department, Allotment.Root, "department", AllotmentType.Department));
        yield return new PutAllotment(Command(), new(project, department, "project", AllotmentType.Project));
        yield return new PutAllotment(
            Command(),
            new(
                member,
                project,
                "member",
                AllotmentType.Member,
                [new Limit("week", LimitWindow.Week, Measure.Tokens, Plenty, TimeZone: Zone)]
            )
        );
        yield return new GrantBucket(Bucket(ids, "Another model's", BucketType.Bonus, generalToken) with { Models = ["another"] });
        yield return new GrantBucket(
            Bucket(ids, "Cached input", BucketType.Bonus, generalToken) with
            {
                Meters = MeterSet.Of(Meter.CachedInput),
            }
        );
        yield return new GrantBucket(
            Bucket(ids, "Plan", BucketType.Plan, generalToken) with
            {
                Limits = [new Limit("5h", LimitWindow.Rolling, Measure.Quota, Plenty, 5 * 3600, generalToken)],
            }
        );
        yield return new GrantBucket(Bucket(ids, "Pool", BucketType.Pool, point));
        yield return new GrantBucket(Bucket(ids, "Wallet", BucketType.Wallet, null));
    }

    private static BucketGrant Bucket(IdSource ids, string name, BucketType type, QuotaUnit? unit) =>
        new(ids.Next<BucketKind>(), name, type, unit, unit is null ? Currency.Cny : null, Plenty, 100, default, null, null, null);
}
