using CsCheck;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Receipts;

public sealed class ReceiptTests
{
    [Fact]
    public async Task Each_meter_times_its_rate_is_what_the_bucket_paid()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");

        // glm-5 above 32 K: 6 / 1.5 / 22 CNY a million, and as many general tokens for one.
        var receipt = Explain(
            world,
            await world.CallAsync(customer, "glm-5", Usage.Of(30_000, 1_000, cachedInput: 10_000, reasoning: 400))
        );

        Assert.Equal((1, null), (receipt.Rating.Money.Tier, receipt.Rating.Money.UpToInput));
        Assert.Equal(
            [
                "Input 30000 × 6000000000 = 180000000000000",
                "CachedInput 10000 × 1500000000 = 15000000000000",
                "Output 1000 × 22000000000 = 22000000000000",
                "Reasoning 400 × 0 = 0",
                "Request 1 × 0 = 0",
            ],
            receipt.Rating.Money.Lines.Select(line => $"{line.Meter} {line.Quantity} × {line.Rate} = {line.Exact}")
        );
        Assert.Equal(217_000_000, receipt.Record.RetailNano);
        var payment = Assert.Single(receipt.Record.Payments);
        Assert.Equal((217_000L * QuotaUnit.Micro, 217_000_000), (payment.Amount, payment.WorthNano));
        AddsUp(receipt);
    }

    [Fact]
    public async Task A_call_that_two_plans_and_the_phone_bill_share_adds_up_to_the_last_nano()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "token-pack");
        await world.OrderAsync(customer, "points-pack");
        await world.Customers.AllowPayAsYouGoAsync(customer.Id, new Money(50 * Money.NanoPerUnit, Currency.Cny), CancellationToken.None);

        var receipt = Explain(world, await world.CallAsync(customer, "kimi-k2.6", Usage.Of(123_457, 77_777)));

        Assert.Equal(["general-token", "point", "CNY"], receipt.Record.Payments.Select(payment => payment.Unit));
        Assert.Equal(0, receipt.Record.UncollectedNano);
        AddsUp(receipt);
    }

    [Fact]
    public async Task What_nobody_could_pay_is_on_the_receipt()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "token-pack");

        var receipt = Explain(world, await world.CallAsync(customer, "kimi-k2.6", Usage.Of(100_001, 33_333)));

        Assert.True(receipt.Record.UncollectedNano > 0);
        AddsUp(receipt);
    }

    [Fact]
    public async Task Any_call_of_any_model_adds_up()
    {
        await using var world = await World.SeededAsync();
        var models = world.Get<ModelCatalogHolder>().Current.Models.Select(model => model.Id).Order().ToArray();
        var number = 0;
        await Gen.Select(Gen.Int[0, models.Length - 1], Gen.Long[0, 300_000], Gen.Long[0, 100_000], Gen.Long[0, 50_000], Gen.Bool)
            .SampleAsync(
                async (index, input, output, cached, optsIn) =>
                {
                    var customer = await world.NewCustomerAsync($"+86139{Interlocked.Increment(ref number):D8}");
                    await world.OrderAsync(customer, "token-pack");
                    await world.OrderAsync(customer, "points-pack");
                    if (optsIn)
                        await world.Customers.AllowPayAsYouGoAsync(
                            customer.Id,
                            new Money(Money.NanoPerUnit, Currency.Cny),
                            CancellationToken.None
                        );
                    AddsUp(Explain(world, await world.CallAsync(customer, models[index], Usage.Of(input, output, cached))));
                },
                iter: 60,
                threads: 1
            );
    }

    private static Receipt Explain(World world, UsageRecord record) =>
        Receipt.Explain(record, world.Get<TariffHolder>().Current.Get(record.Model, record.TariffVersion));

    private static void AddsUp(Receipt receipt)
    {
        var record = receipt.Record;
        Assert.Equal(record.RetailNano, Rounding.HalfAwayFromZero(receipt.Rating.Money.Exact, 1_000_000));
        Assert.Equal(record.RetailNano, record.Payments.Sum(payment => payment.WorthNano) + record.FreeNano + record.UncollectedNano);
        Assert.Equal(0, record.FreeNano);
        Assert.All(record.Payments, payment => Assert.True(payment.WorthNano >= 0));
        foreach (var card in receipt.Rating.Quotas.Select(quota => quota.Card).Append(receipt.Rating.Money))
        {
            Assert.Equal(card.Exact, card.Lines.Aggregate(card.MinimumExact, (sum, line) => sum + line.Exact));
            Assert.Equal(card.Amount, Rounding.HalfAwayFromZero(card.Exact, 1_000_000));
        }
    }
}
