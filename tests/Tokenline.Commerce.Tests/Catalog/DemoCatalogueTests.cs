using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class DemoCatalogueTests
{
    private static readonly DemoCatalogue files = DemoCatalogue.Read();
    private static readonly Dictionary<string, decimal> listPricePerUnit = new()
    {
        ["general-token"] = 1m,
        ["developer-token"] = 2.5m,
        ["point"] = 4m,
    };

    /// <summary>Of a unit that is worth so much list price a million tokens, a token costs so much, rounded up to a thousandth; of credits, to a millionth.</summary>
    private const decimal CreditPerMillion = 10_000m;

    [Fact]
    public void The_source_of_the_prices_is_named() =>
        Assert.Equal("Pricing data provided by LLM Abacus (llmabacus.com), CC-BY-4.0", files.Models.Attribution);

    [Fact]
    public void Some_twenty_models_of_a_dozen_vendors_are_there_once()
    {
        Assert.InRange(files.Models.Models.Length, 20, 25);
        Assert.Equal(12, files.Models.Models.Select(model => model.Vendor).Distinct().Count());
        Assert.Equal(files.Models.Models.Length, files.Models.Models.Select(model => model.Id).Distinct().Count());
        Assert.Equal(files.Models.Models.Length, files.Models.Models.Select(model => model.Slug).Distinct().Count());
        Assert.Equal(
            files.Models.Vendors.Select(vendor => vendor.Id).Order(),
            files.Models.Models.Select(model => model.Vendor).Distinct().Order()
        );
    }

    [Fact]
    public void Every_model_has_a_price_and_can_be_paid_in_points_and_in_tokens()
    {
        var pricing = new Pricing(new CommerceOptions());
        foreach (var model in files.Models.Models)
        {
            var charges = pricing.ToTariff(model.Id, model.ToSheet(), 1).Required();
            Assert.True(charges.Retail(Usage.Of(1000, 1000), charges.Context(World.Start, CallTraits.Plain, 0)) > 0, model.Id);
            Assert.NotNull(charges.CardIn(new QuotaUnit("point")));
            Assert.True(
                charges.CardIn(new QuotaUnit("general-token")) is not null || charges.CardIn(new QuotaUnit("developer-token")) is not null,
                model.Id
            );
            Assert.True(model.OutputTokensMax <= model.ContextTokens, model.Id);
        }
    }

    [Fact]
    public void Every_model_has_a_class_and_a_quality_and_no_figure_is_said_to_be_measured_that_is_not()
    {
        foreach (var model in files.Models.Models)
        {
            var profile = model.ToProfile();
            Assert.Null(profile.WhatIsWrong());
            Assert.Contains(profile.Class, new[] { "flagship", "standard", "light" });
            Assert.NotEmpty(profile.Abilities);
            Assert.StartsWith("Estimate for the demonstration", profile.Quality!.Source, StringComparison.Ordinal);
        }
        var resales = files.Models.Resellers.SelectMany(reseller => reseller.Models).ToList();
        Assert.All(resales, resale => Assert.Null(new ModelProfile { Quality = resale.Quality, Energy = resale.Energy }.WhatIsWrong()));
        var energy = files
            .Models.Models.Select(model => model.Energy)
            .Concat(resales.Select(resale => resale.Energy))
            .OfType<EnergyFigure>();
        Assert.All(
            energy,
            figure =>
            {
                Assert.False(figure.IsMeasured);
                Assert.Contains("ML.ENERGY leaderboard v3", figure.Source, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public void Whoever_serves_a_model_that_has_several_deployments_is_owed_something_else()
    {
        var pricing = new Pricing(new CommerceOptions());
        foreach (var contract in files.Models.Contracts)
            Assert.Null(pricing.ToContract(contract.Model, contract.Price, 1).Refused);
        var served = files
            .Models.Resellers.SelectMany(reseller => reseller.Models.Select(resale => (Vendor: reseller.Id, Model: resale.Id)))
            .Concat(
                files
                    .Models.Resellers.SelectMany(reseller => reseller.Models)
                    .Select(resale => (files.Models.Models.Single(model => model.Id == resale.Id).Vendor, Model: resale.Id))
            )
            .Distinct();
        Assert.Equal(served.Order(), files.Models.Contracts.Select(contract => (contract.Vendor, contract.Model)).Order());
        Assert.Equal(
            files.Models.Contracts.Length,
            files.Models.Contracts.Select(contract => (contract.Model, contract.Price.Tiers[0].Price["output"])).Distinct().Count()
        );
    }

    [Theory]
    [InlineData("deepseek-v4-pro")]
    [InlineData("glm-5")]
    [InlineData("kimi-k2.6")]
    [InlineData("claude-sonnet-4-6")]
    [InlineData("gpt-5.1")]
    public void Dear_models_can_be_paid_in_developer_tokens(string id) =>
        Assert.All(
            files.Models.Models.Single(model => model.Id == id).Tiers,
            tier => Assert.Contains("developer-token", tier.Weights!.Keys)
        );

    [Fact]
    public void Weights_follow_the_published_rule()
    {
        foreach (var model in files.Models.Models)
        {
            var rate = model.Currency == Currency.Cny ? 1m : files.Models.UsdRate;
            foreach (var tier in model.Tiers)
            {
                Assert.True(tier.Weights!.ContainsKey("credit"), model.Id);
                foreach (var (unit, weights) in tier.Weights!)
                {
                    if (unit == "request")
                    {
                        Assert.Equal(
                            [("input", 0m), ("output", 0m), ("request", 1m)],
                            weights.Select(pair => (pair.Key, pair.Value)).Order()
                        );
                        continue;
                    }
                    Assert.Equal(tier.Price.Keys.Order(), weights.Keys.Order());
                    foreach (var (meter, weight) in weights)
                        Assert.Equal(
                            unit == "token" ? 1m
                                : unit == "credit" ? Math.Ceiling(tier.Price[meter] * rate / CreditPerMillion * 1_000_000) / 1_000_000
                                : Math.Ceiling(tier.Price[meter] * rate / listPricePerUnit[unit] * 1000) / 1000,
                            weight
                        );
                }
            }
            // Of the first band of input the dearest: some vendors charge short answers less.
            var output = model.Tiers.Where(tier => tier.UpToInput == model.Tiers[0].UpToInput).Max(tier => tier.Price["output"]) * rate;
            Assert.Equal(output <= 30, model.Tiers[0].Weights!.ContainsKey("general-token"));
            Assert.Equal(output >= 10, model.Tiers[0].Weights!.ContainsKey("developer-token"));
        }
    }

    [Theory]
    [InlineData("deepseek-v4-pro", "2026-09-01T08:59:59+08:00", "standard", 100_000, 1_000, "0.4635")] // (4.5 × 100,000 + 13.5 × 1,000) / 10⁶
    [InlineData("deepseek-v4-pro", "2026-09-01T09:00:00+08:00", "standard", 100_000, 1_000, "0.927")] // peak: twice that
    [InlineData("deepseek-v4-pro", "2026-09-01T12:00:00+08:00", "standard", 100_000, 1_000, "0.4635")]
    [InlineData("deepseek-v4-pro", "2026-09-05T10:00:00+08:00", "standard", 100_000, 1_000, "0.4635")] // Saturday
    [InlineData("deepseek-v4-flash", "2026-09-01T10:00:00+08:00", "standard", 100_000, 1_000, "0.309")]
    [InlineData("glm-4.7", "2026-09-01T10:00:00+08:00", "standard", 32_000, 200, "0.0656")]
    [InlineData("glm-4.7", "2026-09-01T10:00:00+08:00", "standard", 32_000, 201, "0.098814")]
    [InlineData("glm-4.7", "2026-09-01T10:00:00+08:00", "standard", 32_001, 200, "0.131204")]
    [InlineData("claude-opus-5", "2026-09-01T10:00:00+08:00", "standard", 100_000, 1_000, "3.5373975")] // 0.525 USD
    [InlineData("claude-opus-5", "2026-09-01T10:00:00+08:00", "batch", 100_000, 1_000, "1.76869875")]
    public void Models_cost_what_their_vendors_publish(string id, string at, string service, long input, long output, string cost)
    {
        var model = files.Models.Models.Single(known => known.Id == id);
        var tariff = new Pricing(new CommerceOptions()).ToTariff(id, model.ToSheet(), 1).Required();
        var traits = new CallTraits(Enum.Parse<ServiceClass>(service, ignoreCase: true));

        Assert.True(tariff.Offers(traits.Service));
        var context = tariff.Context(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), traits, 0);
        Assert.Equal(
            decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture),
            (decimal)tariff.Retail(Usage.Of(input, output), context) / Money.NanoPerUnit
        );
    }

    [Fact]
    public void Claude_cache_writes_cost_what_their_time_to_live_says()
    {
        foreach (var model in files.Models.Models.Where(model => model.Vendor == "anthropic"))
        {
            var price = Assert.Single(model.Tiers).Price;
            Assert.Equal((price["input"] * 1.25m, price["input"] * 2), (price["cache_write_5m"], price["cache_write_1h"]));
        }
    }

    /// <summary>What is sold by the request, and what is guaranteed by the token, is the same at every hour.</summary>
    [Fact]
    public void Peak_hours_double_the_weights_that_follow_the_price_and_no_others()
    {
        var model = files.Models.Models.Single(known => known.Id == "deepseek-v4-pro");
        var tariff = new Pricing(new CommerceOptions()).ToTariff(model.Id, model.ToSheet(), 1).Required();
        var usage = Usage.Of(1_000, 1_000);
        usage[Meter.Request] = 1;
        var (peak, night) = (
            tariff.Context(World.Start, CallTraits.Plain, 0),
            tariff.Context(World.Start.AddHours(12), CallTraits.Plain, 0)
        );
        foreach (var (unit, card) in tariff.Weights)
            Assert.Equal(
                unit.Name is "request" or "token" ? 1 : 2,
                card.Amount(usage, peak, MeterSet.All).Rounded() / (decimal)card.Amount(usage, night, MeterSet.All).Rounded()
            );
        Assert.Equal(tariff.Retail(usage, night) * 2, tariff.Retail(usage, peak));
    }

    [Fact]
    public void The_plans_are_those_on_sale()
    {
        var plans = files.Plans.Offerings.ToDictionary(
            offering => offering.Id,
            offering => (offering.Price ?? 0m, offering.Grants.FirstOrDefault()?.Amount ?? 0m)
        );
        Assert.Equal((9.9m, 10_000_000m), plans["plan-light"]);
        Assert.Equal((29.9m, 40_000_000m), plans["plan-standard"]);
        Assert.Equal((49.9m, 80_000_000m), plans["plan-premium"]);
        Assert.Equal((39.9m, 15_000_000m), plans["developer-basic"]);
        Assert.Equal((159.9m, 70_000_000m), plans["developer-professional"]);
        Assert.Equal((299.9m, 150_000_000m), plans["developer-flagship"]);
        Assert.Equal((1m, 400_000m), plans["token-pack"]);
        Assert.Equal((1m, 250_000m), plans["points-pack"]);
        Assert.Equal((40m, 18_000m), plans["coding-lite"]);
        Assert.Equal((200m, 90_000m), plans["coding-pro"]);
        Assert.Equal((40m, 20_000m), plans["agent-20k"]);
        Assert.Equal((200m, 100_000m), plans["agent-100k"]);
        Assert.Equal((500m, 250_000m), plans["agent-250k"]);
        Assert.Equal((1_000m, 500_000m), plans["agent-500k"]);
        Assert.Equal((0m, 25_000_000m), plans["free-newcomer"]);
        Assert.Equal((10_000m, 4_464_000_000m), plans["throughput-100k"]);
        Assert.Equal((20_000m, 8_928_000_000m), plans["throughput-200k"]);
        Assert.Equal((198m, 25_000m), plans["team-standard"]);
        Assert.Equal((698m, 100_000m), plans["team-advanced"]);
        Assert.Equal((1_398m, 250_000m), plans["team-premium"]);
        Assert.Equal((5_000m, 625_000m), plans["team-pack"]);
        Assert.Equal((300m, 20m), plans["capacity-20-calls"]);
        Assert.Equal((500m, 100_000m), plans["capacity-100k-tokens"]);
        Assert.Equal(26, plans.Count);
    }

    [Theory]
    [InlineData("coding-lite", "five-hours=1200 requests/5h", "week=9000 requests/week")]
    [InlineData("coding-pro", "five-hours=6000 requests/5h", "week=45000 requests/week")]
    [InlineData("agent-20k", "five-hours=2000 credit/5h", "week=10000 credit/week")]
    [InlineData("agent-500k", "five-hours=50000 credit/5h", "week=250000 credit/week")]
    [InlineData("free-newcomer", "minute=3000 general-token/60s", null)]
    [InlineData("throughput-100k", "minute=100000 token quota/60s", null)]
    public void A_plan_with_windows_says_them(string id, string first, string? second)
    {
        var limits = Read(Assert.Single(files.Plans.Offerings, offering => offering.Id == id)).Grants[0].Limits!;
        Assert.Equal(second is null ? [first] : [first, second], limits.Select(LimitText.Of));
    }

    [Fact]
    public void Every_offering_can_be_granted()
    {
        var ids = new IdSource(TimeProvider.System);
        foreach (var demo in files.Plans.Offerings)
        {
            var offering = Read(demo);
            Assert.Null(offering.WhatIsWrong());
            var product = new Product(default, default, default, demo.Id, demo.Name, demo.Kind, World.Start, World.Start.AddDays(30));
            var account = new ChargingAccount(new AccountId(1), new TariffHolder());
            foreach (var grant in offering.Grants)
                Assert.Null(account.Execute(Granting.Of(grant, product, "Asia/Shanghai", ids), World.Start));
        }
    }

    /// <summary>The windows of a plan never let through less than they promise: the week cuts the month, and not the month the week.</summary>
    [Fact]
    public void A_window_is_never_more_than_the_bucket_it_cuts()
    {
        foreach (var grant in files.Plans.Offerings.SelectMany(offering => Read(offering).Grants))
        {
            foreach (var limit in grant.Limits ?? [])
                Assert.True(limit.Max / LimitText.ScaleOf(limit.Measure) <= (decimal)grant.Amount / QuotaUnit.Micro, limit.Id);
        }
    }

    private static readonly OfferingEntry entry = new(
        Currency.Cny,
        files.Models.Models.ToDictionary(
            model => model.Id,
            model => new Pricing(new CommerceOptions()).ToTariff(model.Id, model.ToSheet(), 1).Required()
        ),
        World.Start
    );

    private static ProductOffering Read(DemoOffering offering) => entry.Read(offering.Id, offering.ToSheet()).Required();

    [Fact]
    public void What_an_offering_shows_is_read_as_the_same_offering() =>
        Assert.All(
            files.Plans.Offerings.Select(Read),
            offering => Assert.Equivalent(offering, entry.Read(offering.Id, OfferingSheet.Of(offering)).Required(), strict: true)
        );

    [Fact]
    public void Every_unit_that_is_offered_pays_for_at_least_one_model()
    {
        var pricing = new Pricing(new CommerceOptions());
        var tariffs = files.Models.Models.Select(model => pricing.ToTariff(model.Id, model.ToSheet(), 1).Required());
        foreach (var grant in files.Plans.Offerings.SelectMany(offering => offering.Grants).Where(IsSpent))
            Assert.Contains(
                tariffs,
                tariff => tariff.CardIn(grant.Unit!.Value) is not null && grant.Models?.Contains(tariff.Model) != false
            );
    }

    private static bool IsSpent(GrantSheet grant) => grant.Unit is not null && !Capacity.IsUnit(grant.Unit);
}
