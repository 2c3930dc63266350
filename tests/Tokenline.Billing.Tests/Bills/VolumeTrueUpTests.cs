using System.Text.Json;
using CsCheck;
using Tokenline.Billing.Bills;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Tests.Bills;

/// <summary>glm-5 costs 10 CNY for a million tokens; from a month of more than two million on all of them cost 8, and above five million 5.</summary>
public sealed class VolumeTrueUpTests
{
    private const string Sheet = """
        {"currency":"CNY","tiers":[{"price":{"input":"10","output":"0"}}],
         "volume":{"kind":"retroactive","group":"glm","meters":["input"],
                   "tiers":[{"upTo":2000000,"factor":"1"},{"upTo":5000000,"factor":"0.8"},{"factor":"0.5"}]}}
        """;

    [Fact]
    public Task A_month_on_credit_is_brought_to_the_tier_that_it_ended_in() =>
        PlayAsync(
            """
            terms zhipu share 70
            11-01 grant credit 1000 CNY as Credit by enterprise
            11-05 call c1 glm-5 zhipu 10 credit tokens 1000000 by enterprise
            11-06 call c2 glm-5 zhipu 10 credit tokens 1000000 by enterprise
            11-07 call c3 glm-5 zhipu 8 credit tokens 1000000 by enterprise
            close 2026-11
            bill enterprise 2026-11
              = usage credit glm-5 28
              = volumeTrueUp glm glm-5 -4
            books
              = receivable:enterprise 24 CNY
              = revenue -24 CNY
            settle 2026-11
            statement 2026-11/vendor/zhipu/CNY
              = glm-5 gross 24 vendor 16.8 platform 0 computing 0 channel 0 operator 7.2
              = due 16.8 balance 16.8 CNY issued
            """
        );

    [Fact]
    public Task What_is_given_back_after_its_month_was_billed_comes_back_at_what_it_came_to() =>
        PlayAsync(
            """
            11-01 grant credit 1000 CNY as Credit by enterprise
            11-05 call c1 glm-5 zhipu 10 credit tokens 1000000 by enterprise
            11-06 call c2 glm-5 zhipu 10 credit tokens 1000000 by enterprise
            11-07 call c3 glm-5 zhipu 8 credit tokens 1000000 by enterprise
            11-08 call c4 glm-5 zhipu 8 credit tokens 1000000 by enterprise
            close 2026-11
            books
              = receivable:enterprise 32 CNY
              = revenue -32 CNY
            # 10 were charged for it, and in the end 8
            12-02 giveback c1 100%
            12-03 call c5 glm-5 zhipu 10 credit tokens 1000000 key other by enterprise
            close 2026-12 at 2027-01-01
            bill enterprise 2026-12
              = usage credit glm-5 10
              = credit credit glm-5 -10
              = volumeTrueUp glm glm-5 2
            books
              = receivable:enterprise 34 CNY
              = revenue -34 CNY
            """
        );

    [Fact]
    public Task What_quota_paid_counts_for_the_volume_and_stays_as_it_was() =>
        PlayAsync(
            """
            11-01 sale plan 9.90 to 12-01 by enterprise
            11-01 grant plan/quota 100 general-token product plan to 12-01 by enterprise
            11-01 grant credit 1000 CNY as Credit by enterprise
            11-04 call c0 glm-5 zhipu 50 plan/quota tokens 1500000 by enterprise
            11-05 call c1 glm-5 zhipu 5 credit tokens 500000 by enterprise
            11-06 call c2 glm-5 zhipu 0.8 credit tokens 100000 by enterprise
            close 2026-11
            bill enterprise 2026-11
              = purchase plan 9.9
              = included plan/quota glm-5 50
              = usage credit glm-5 5.8
              = volumeTrueUp glm glm-5 -1
            """
        );

    [Fact]
    public async Task Of_any_calls_the_line_is_what_rating_each_of_them_last_comes_to()
    {
        var tariffs = Tariffs();
        var tariff = tariffs.Current.Get("glm-5", 1);
        await Gen.Int[1, 1_500_000]
            .Array[1, 12]
            .SampleAsync(
                async tokens =>
                {
                    var story = new MonthStory(tariffs: tariffs);
                    var lines = new List<string> { "11-01 grant credit 1000 CNY as Credit by enterprise" };
                    var (before, calls) = (0L, new List<VolumeCall>());
                    for (var i = 0; i < tokens.Length; i++)
                    {
                        var context = tariff.Context(MonthStory.At("11-05"), CallTraits.Plain, before);
                        var usage = Usage.Of(tokens[i], 100);
                        var charged = new Money(tariff.Retail(usage, context), Currency.Cny).ToDecimal();
                        lines.Add(
                            FormattableString.Invariant($"11-05 call c{i} glm-5 zhipu {charged} credit tokens {tokens[i]} by enterprise")
                        );
                        calls.Add(new(tariff, usage, context));
                        before += tokens[i];
                    }
                    await story.GoOnAsync(string.Join('\n', lines));
                    Assert.Null(await story.CloseAsync(BillingPeriod.Of(2026, 11), MonthStory.At("12-01")));
                    var bill = (
                        await story.Bills.FindAsync(Bill.IdOf(MonthStory.Account("enterprise"), BillingPeriod.Of(2026, 11)), default)
                    ).Required();
                    var expected = VolumeTrueUp.Of(calls);
                    var found = bill.Bill.Lines.Where(line => line.Kind == BillLineKind.VolumeTrueUp).Sum(line => line.ExactNano);
                    Assert.Equal(expected.Nano, found);
                },
                iter: 60
            );
    }

    private static Task PlayAsync(string table) => MonthStory.PlayAsync(table, tariffs: Tariffs());

    internal static ITariffs Tariffs()
    {
        var sheet = JsonSerializer.Deserialize<PriceSheet>(Sheet, CommerceJson.Options)!;
        var commerce = new CommerceOptions { TimeZone = MonthStory.Zone };
        var charges = new Pricing(commerce).ToTariff("glm-5", sheet, 1).Required();
        return new OneBook(
            new TariffBook([TariffVersion.Of(1, DateTimeOffset.MinValue, DateTimeOffset.MinValue, "", [charges]).ToTariff()])
        );
    }

    private sealed record OneBook(TariffBook Current) : ITariffs;
}
