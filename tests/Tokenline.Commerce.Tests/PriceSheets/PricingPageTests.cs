using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Commerce.Tests.PriceSheets;

/// <summary>What <c>docs/pricing.md</c> shows is what is charged: every example on it is executed, and no rule is without one.</summary>
public sealed partial class PricingPageTests
{
    /// <summary>Files of the engine's rules that are no rule: what carries, sums and explains them.</summary>
    private static readonly string[] machinery =
    [
        "CallTraits",
        "CardRating",
        "ExactAmount",
        "ModelTariff",
        "RateCard",
        "RateTable",
        "Rating",
        "Ratio",
    ];

    private static readonly string root = Root();
    private static readonly IReadOnlyList<Section> sections = Read(File.ReadAllText(Path.Combine(root, "docs", "pricing.md")));

    public static TheoryData<string, int> Examples =>
        [.. sections.SelectMany(section => section.Examples.Select((_, i) => (section.Heading, i)))];

    [Fact]
    public void Every_rule_of_the_engine_and_every_entry_of_a_sheet_has_a_section_with_an_example()
    {
        var rules = Directory
            .GetFiles(Path.Combine(root, "src", "Tokenline.Charging", "Tariffs"), "*.cs")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Except(machinery);
        var entries = Directory
            .GetFiles(Path.Combine(root, "src", "Tokenline.Commerce", "PriceSheets"), "*Entry.cs")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Except(["SheetEntry"]);
        var shown = sections.Where(section => section.Examples.Count > 0).SelectMany(section => section.Files).ToHashSet();

        Assert.Equal(rules.Concat(entries).Order(), shown.Order());
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_costs_what_the_page_says(string heading, int number)
    {
        var example = JsonSerializer.Deserialize<Example>(
            sections.Single(section => section.Heading == heading).Examples[number],
            CommerceJson.Options
        )!;
        var calls = example.Calls ?? [example.Call!];
        if (example.Refused is { } refused)
        {
            var refusal = Sheets.Pricing.ToTariff("m", example.Sheet!, 1).Refused;
            Assert.Equal((refused.Param, refused.Says), (refusal?.Param, refusal?.Message));
            return;
        }
        var book = new TariffBook(
            (example.Versions ?? [new(example.Sheet!)])
                .Select(
                    (version, i) =>
                        TariffVersion.Of(
                            i + 1,
                            version.From ?? DateTimeOffset.UnixEpoch,
                            DateTimeOffset.UnixEpoch,
                            "",
                            [Sheets.Pricing.ToTariff("m", version.Sheet, i + 1).Required()]
                        ) with
                        {
                            EffectiveTo = version.Until,
                        }
                )
                .Select(version => version.ToTariff())
        );
        foreach (var call in calls)
            Check(call, book, example.Contract);
        if (example.TrueUp is { } expected)
        {
            var corrected = VolumeTrueUp.Of([
                .. calls.Select(call => new VolumeCall(Tariff(book, call), call.Usage, Context(Tariff(book, call), call))),
            ]);
            Assert.Equal(
                expected,
                new TrueUp(corrected.Volume, Money(corrected.ChargedNano), Money(corrected.DueNano), Money(corrected.Nano))
            );
        }

        static decimal Money(Int128 nano) => (decimal)nano / Tokenline.Units.Money.NanoPerUnit;
    }

    private static void Check(Call call, TariffBook book, PriceSheet? contract)
    {
        var tariff = Tariff(book, call);
        if (call.Version is { } version)
            Assert.Equal(version, tariff.Version);
        var context = Context(tariff, call);
        Assert.True(tariff.Offers(context.Traits.Service), "the class is not for sale");
        var rating = Rating.Of(call.Usage, tariff, context, [.. (call.Units ?? []).Select(unit => new QuotaUnit(unit.Key))]);
        if (call.Price is { } price)
            price.Check(rating.Money, new MoneyUnit(tariff.Currency, 1), Money.NanoPerUnit);
        foreach (var quota in rating.Quotas)
            call.Units![quota.Unit.Name]
                .Check(
                    quota.Card,
                    quota.Card.Worth.IsOne ? new QuotaCardUnit(quota.Unit.Name) : new MoneyUnit(tariff.Currency, 1),
                    QuotaUnit.Micro
                );
        foreach (var (code, expected) in call.Currencies ?? [])
        {
            var currency = new Currency(code);
            var other = tariff with { Currency = currency, Price = tariff.CardIn(currency)! };
            expected.Check(Rating.Of(call.Usage, other, context, []).Money, new MoneyUnit(currency, 1), Money.NanoPerUnit);
        }
        if (contract is not null)
        {
            var owed = Sheets.Pricing.ToContract("m", contract, 1).Required();
            var rated = Rating.Of(call.Usage, owed, owed.Context(call.At, context.Traits, 0), []);
            call.Wholesale!.Check(rated.Money, new MoneyUnit(owed.Currency, 1), Money.NanoPerUnit);
        }
        Assert.False(call is { Price: null, Units: null, Currencies: null, Wholesale: null }, "nothing is expected of the call");
    }

    private static ModelTariff Tariff(TariffBook book, Call call) =>
        book.Find("m", call.At) ?? throw new InvalidOperationException("nothing is in force then");

    private static RatingContext Context(ModelTariff tariff, Call call)
    {
        var service = ServiceClass.Standard;
        if (call.ServiceClass is { } name)
            Assert.Null(ServiceClassesEntry.ReadName(name, "", out service));
        return tariff.Context(call.At, new(service, call.Region, call.CustomerGroup, call.ImageClass), call.VolumeBefore);
    }

    private static List<Section> Read(string page) =>
        [
            .. Headings()
                .Split(page)
                .Skip(1)
                .Select(text => new Section(
                    text[..text.IndexOf('\n', StringComparison.Ordinal)].Trim(),
                    [.. Files().Matches(text).SelectMany(match => Names().Matches(match.Value)).Select(name => name.Groups["name"].Value)],
                    [.. Blocks().Matches(text).Select(match => match.Groups["json"].Value)]
                )),
        ];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        return folder.FullName;
    }

    [GeneratedRegex("^## ", RegexOptions.Multiline, 1000)]
    private static partial Regex Headings();

    [GeneratedRegex("^Files: .*$", RegexOptions.Multiline, 1000)]
    private static partial Regex Files();

    [GeneratedRegex("`(?<name>[A-Za-z]+)`", RegexOptions.None, 1000)]
    private static partial Regex Names();

    [GeneratedRegex("^```json example\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Blocks();

    private sealed record Section(string Heading, IReadOnlyList<string> Files, IReadOnlyList<string> Examples);

    private sealed record Example
    {
        public PriceSheet? Sheet { get; init; }
        public Version[]? Versions { get; init; }
        public PriceSheet? Contract { get; init; }
        public Call? Call { get; init; }
        public Call[]? Calls { get; init; }
        public TrueUp? TrueUp { get; init; }
        public Refusal? Refused { get; init; }
    }

    private sealed record Version(PriceSheet Sheet, DateTimeOffset? From = null, DateTimeOffset? Until = null);

    private sealed record Refusal(string Param, string Says);

    private sealed record TrueUp(long Volume, decimal Charged, decimal Due, decimal Correction);

    private sealed record Call
    {
        public Usage Usage { get; init; }
        public DateTimeOffset At { get; init; } = World.Start;
        public string? ServiceClass { get; init; }
        public string? Region { get; init; }
        public string? CustomerGroup { get; init; }
        public string? ImageClass { get; init; }
        public long VolumeBefore { get; init; }
        public int? Version { get; init; }
        public Expected? Price { get; init; }
        public Dictionary<string, Expected>? Units { get; init; }
        public Dictionary<string, Expected>? Currencies { get; init; }
        public Expected? Wholesale { get; init; }
    }

    /// <summary>Lines are <c>meter quantity × rate = amount</c>; <c>→</c> what is charged, where that is not the quantity; in brackets the volume tier.</summary>
    private sealed record Expected(string[] Lines, decimal Total, string[]? Multipliers = null, decimal? MinimumAdds = null)
    {
        public void Check(RatedCard card, CardUnit unit, long perUnit)
        {
            Assert.Equal(Lines, card.Lines.Select(line => Text(line, unit, perUnit)));
            Assert.Equal(Multipliers ?? [], card.Multipliers.Select(multiplier => $"{multiplier.Name} × {multiplier.Factor}"));
            Assert.Equal(MinimumAdds ?? 0, Amount(card.MinimumExact, perUnit));
            Assert.Equal(Total, (decimal)card.Amount / perUnit);
            Assert.Equal(card.Exact, card.Lines.Aggregate(card.MinimumExact, (sum, line) => sum + line.Exact));
        }

        private static string Text(RatedLine line, CardUnit unit, long perUnit)
        {
            var charged = line.Charged == line.Quantity ? "" : $" → {line.Charged}";
            var volume = line.Volume is { } tier ? $" (volume tier {tier + 1})" : "";
            var rate = Plain(unit.ShowRate(line.Rate, line.Meter));
            return $"{MeterNames.Of(line.Meter)} {line.Quantity}{charged} × {rate}{volume} = {Plain(Amount(line.Exact, perUnit))}";
        }

        private static decimal Amount(Int128 exact, long perUnit) => (decimal)exact / perUnit / 1_000_000m;

        private static string Plain(decimal amount) => amount.ToString("0.################", CultureInfo.InvariantCulture);
    }
}
