using CsCheck;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Wallets;

/// <summary>
/// Any sequence of top-ups, orders, upgrades, changes of method, cancellations, days, refusals and silences: a wallet is the sum of its movements and never below zero, what is open by
/// invoice is the sum of the receivables and never above the limit, and what is granted is what was paid, by whichever method.
/// </summary>
public sealed class PayingProperties
{
    private static readonly Gen<(int Op, int A)> steps = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 100]);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Whatever_happens_wallet_invoices_and_grants_agree()
    {
        await using var world = await World.OpenAsync(seeded: true);
        await Shop.OpenAsync(world);
        var customers = 0;
        await steps
            .List[8, 20]
            .SampleAsync(
                async sequence =>
                {
                    var customer = await world.NewCustomerAsync($"+8613900{++customers:000000}");
                    (await world.Get<ReceivableDesk>().AgreeAsync(customer.Id, 10, Yuan(60), null, false, None)).Required();
                    foreach (var (op, a) in sequence)
                    {
                        await StepAsync(world, customer.Id, op, a);
                        await CheckAsync(world, customer.Id);
                    }
                    world.Carrier.Refusal = null;
                    world.Carrier.IsDown = world.Carrier.LosesAnswers = false;
                    world.Time.Advance(TimeSpan.FromHours(1)); // whoever was not answered several times is asked again within it
                    await world.Get<CommerceStart>().ResumeAsync(None);
                    await world.Get<SubscriptionUpkeep>().RoundAsync(None);
                    await CheckAsync(world, customer.Id);
                    await NothingIsOpenAsync(world, customer.Id);
                },
                iter: 12,
                threads: 1,
                print: sequence => string.Join(' ', sequence)
            );
    }

    private static async Task StepAsync(World world, PartyId customer, int op, int a)
    {
        var plans = await world.Get<ISubscriptionStore>().ListAsync(customer, None);
        var method = (PaymentMethod)(1 + (a % 3));
        switch (op)
        {
            case <= 1:
                await world.Get<WalletDesk>().TopUpAsync(customer, Yuan(1 + a), null, None);
                break;
            case 2:
                await world.Get<WalletDesk>().PayOutAsync(customer, Yuan(1 + a), $"out-{a}", null, None);
                break;
            case <= 5:
                await world.Ordering.PlaceAsync(new OrderRequest(customer, a % 2 == 0 ? "basic-30" : "plus-30", Method: method), None);
                break;
            case 6 when plans.Count > 0:
                await world.Get<Subscribing>().PayByAsync(plans[a % plans.Count].Id, method, null, None);
                break;
            case 7 when plans.Count > 0:
                await world.Get<Subscribing>().UpgradeAsync(plans[a % plans.Count].Id, "plus-30", null, None);
                break;
            case 8 when plans.Count > 0:
                await world.Get<Subscribing>().DoAsync(plans[a % plans.Count].Id, new CancelNow(), None);
                break;
            case 9:
                world.Carrier.Refusal = world.Carrier.Refusal is null ? "barred" : null;
                break;
            case 10:
                world.Carrier.LosesAnswers = !world.Carrier.LosesAnswers;
                break;
            case 11:
                if (await world.Get<IReceivableStore>().ListAsync(customer, isOpen: true, null, 10, None) is [var open, ..])
                    await world.Get<ReceivableDesk>().RecordPaymentAsync(open.Id, open.Open, $"t-{a}", None);
                break;
            case 12:
                world.Time.Advance(TimeSpan.FromHours(1 + a * 2));
                await world.Get<CommerceStart>().ResumeAsync(None);
                await world.Get<OverdueInvoices>().RoundAsync(None);
                await world.Get<SubscriptionUpkeep>().RoundAsync(None);
                break;
        }
    }

    private static async Task CheckAsync(World world, PartyId customer)
    {
        var movements = await world.Get<IWalletStore>().StatementAsync(customer, null, 1000, None);
        var balance = (await world.Get<WalletDesk>().FindAsync(customer, None)).Required().Balance.Nano;
        Assert.Equal(balance, movements.Sum(movement => movement.Amount.Nano));
        Assert.All(movements, movement => Assert.True(movement.Balance.Nano >= 0));
        var terms = (await world.Get<IReceivableStore>().FindTermsAsync(customer, None))!;
        var receivables = await world.Get<IReceivableStore>().ListAsync(customer, isOpen: false, null, 1000, None);
        Assert.Equal(terms.Open.Nano, receivables.Sum(one => one.Open.Nano));
        Assert.InRange(terms.Open.Nano, 0, terms.CreditLimit.Nano + terms.Credit.Nano);

        // Each payment that is written down as paid was made once, where it says, and each that was refused was not.
        foreach (var plan in await world.Get<ISubscriptionStore>().ListAsync(customer, None))
        {
            foreach (var line in await world.Get<ISubscriptionStore>().PaymentsAsync(plan.Id, None))
            {
                if (line.Kind == PaymentKind.Refund || line.State is not (PaymentState.Paid or PaymentState.Refused))
                    continue;
                var made = line.Method switch
                {
                    PaymentMethod.Wallet => -movements.Where(one => one.Correlator == line.Correlator).Sum(one => one.Amount.Nano),
                    PaymentMethod.Invoice => receivables.Where(one => one.Correlator == line.Correlator).Sum(one => one.Amount.Nano),
                    _ => world.Carrier.Amounts.GetValueOrDefault(line.Correlator).Nano,
                };
                Assert.Equal(line.State == PaymentState.Paid ? line.Amount.Nano : 0, made);
            }
        }
    }

    /// <summary>When all is well again what was paid is granted or given back, and nothing else is.</summary>
    private static async Task NothingIsOpenAsync(World world, PartyId customer)
    {
        foreach (var order in await world.Get<IOrderStore>().ListAsync(customer, null, 1000, None))
        {
            Assert.True(order.State is OrderState.Completed or OrderState.Failed);
            var isPaid =
                world.Carrier.Amounts.ContainsKey(order.Id.ToString())
                || await world.Get<IWalletStore>().FindMovementAsync(order.Id.ToString(), None) is { Type: MovementType.Payment }
                || order is { Method: PaymentMethod.Invoice, State: OrderState.Completed };
            Assert.Equal(order.State == OrderState.Completed, isPaid);
            Assert.Equal(order.State == OrderState.Completed, order.Product is not null);
        }
        foreach (var plan in await world.Get<ISubscriptionStore>().ListAsync(customer, None))
            Assert.DoesNotContain(
                await world.Get<ISubscriptionStore>().PaymentsAsync(plan.Id, None),
                line => line.State is PaymentState.Owed or PaymentState.Asked
            );
    }

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);
}
