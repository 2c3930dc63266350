using CsCheck;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>
/// Any sequence of commands, days, refusals, silent carriers, accounts out of reach and processes that end keeps a subscription, what it was granted and what was
/// paid together: nothing granted unpaid beyond grace, nothing paid left ungranted or not given back, nothing paid twice.
/// </summary>
public sealed class SubscriptionProperties
{
    private static readonly string[] plans = ["basic-30", "team-30", "plus-30", "pool-30", "team-30"];
    private static readonly Gen<(int Op, int A)> steps = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 100]);

    [Fact]
    public async Task Whatever_happens_subscription_buckets_and_payments_agree()
    {
        await using var world = await PlanLife.OpenWorldAsync();
        await Shop.OpenAsync(world);
        var customers = 0;
        await steps
            .List[10, 30]
            .SampleAsync(
                async sequence =>
                {
                    var phone = $"+8613900{++customers:000000}";
                    var life = await PlanLife.BeginAsync(world, phone, plans[customers % plans.Length]);
                    try
                    {
                        foreach (var (op, a) in sequence)
                        {
                            await StepAsync(world, life, op, a);
                            await life.CheckAsync();
                        }
                    }
                    finally
                    {
                        world.Carrier.Refusal = null;
                        world.Carrier.IsDown = world.Carrier.LosesAnswers = false;
                        world.Accounts.Unavailable = null;
                        life.Store.EndsAfter = null;
                    }
                    // When all is well again every payment is known, and everything has arrived.
                    await life.AdvanceAsync(TimeSpan.FromHours(3));
                    await life.CheckAsync();
                    Assert.Null((await life.NowAsync()).Asking);
                    Assert.DoesNotContain(await life.PaymentsAsync(), line => line.State == PaymentState.Asked);
                    Assert.False(await life.Store.HasPendingCommandsAsync((await life.NowAsync()).Account, CancellationToken.None));
                },
                iter: TestLength.Of(20, 400),
                threads: 1,
                print: sequence => string.Join(' ', sequence)
            );
    }

    private static async Task StepAsync(World world, PlanLife life, int op, int a)
    {
        switch (op)
        {
            case <= 2: // the hours before a period ends are those in which most happens
                var left = (await life.NowAsync()).Period.To.AddHours(-1 - (a % 7)) - world.Time.GetUtcNow();
                await life.AdvanceAsync(left > TimeSpan.Zero ? left : TimeSpan.FromHours(1 + (a % 7)));
                break;
            case <= 6:
                await life.AdvanceAsync(TimeSpan.FromHours(1 + (op * a)));
                break;
            case 7 or 8:
                world.Carrier.Refusal = world.Carrier.Refusal is null ? "barred" : null;
                break;
            case 9:
                world.Carrier.IsDown = !world.Carrier.IsDown;
                break;
            case 10:
                world.Carrier.LosesAnswers = !world.Carrier.LosesAnswers;
                break;
            case 11: // not beyond the end of a period: what would be granted after it is refused, and for a person to look at
                var (outage, rest) = (TimeSpan.FromHours(a % 20), (await life.NowAsync()).Period.To - world.Time.GetUtcNow());
                world.Accounts.Unavailable = (await life.NowAsync()).Account;
                await life.AdvanceAsync(rest > TimeSpan.Zero && rest <= outage ? rest / 2 : outage);
                world.Accounts.Unavailable = null;
                break;
            case 12 or 13:
                life.Store.EndsAfter = 1 + (a % 4);
                break;
            case 14:
                await life.DoAsync(new StopRenewal());
                break;
            case 15: // and thinks better of it
                await life.DoAsync(new StopRenewal());
                await life.DoAsync(new Keep());
                break;
            case 16:
                await life.DoAsync(new Keep());
                break;
            case 17 when a < 25:
                await life.DoAsync(new CancelNow());
                break;
            case 18:
                await life.ChangeAsync("plus-30", isNow: true);
                break;
            case 19:
                await life.ChangeAsync(a % 2 == 0 ? "basic-30" : "plus-30", isNow: false);
                break;
            case 20:
                await life.DoAsync(new Pause());
                break;
            case 21:
                await life.DoAsync(new Suspend("abuse"));
                break;
            case 22 or 23:
                await life.DoAsync(new Resume());
                break;
            case 24:
                await life.DoAsync(new PayNow());
                break;
            case 27 or 28:
                await life.DoAsync(new ChangeSeats(2 + (a % 9), null));
                break;
            case 29:
                await life.DoAsync(new AssignSeat(new MembershipId(a % 6)));
                break;
            case 30:
                await life.DoAsync(new FreeSeat(new MembershipId(a % 6)));
                break;
            case 25 or 26:
                await life.UseAsync(a % 8);
                break;
        }
    }
}
