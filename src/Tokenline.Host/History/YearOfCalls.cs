using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Settlement;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Quality;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Host.History;

/// <summary>What the history came to.</summary>
internal sealed record HistoryReport(
    DateOnly From,
    DateOnly To,
    int Customers,
    int Calls,
    int Released,
    int Refused,
    int Refunds,
    int Periods
);

/// <summary>Plays the script, day by day, over services whose clock is a <see cref="MovedClock"/>.</summary>
internal sealed class YearOfCalls(IServiceProvider services, HistoryOptions options, Uri simulator)
{
    private readonly MovedClock clock = services.GetRequiredService<MovedClock>();
    private readonly BillingCalendar calendar = services.GetRequiredService<BillingCalendar>();
    private readonly CatalogEditing editing = services.GetRequiredService<CatalogEditing>();
    private readonly Ordering ordering = services.GetRequiredService<Ordering>();
    private readonly Subscribing subscribing = services.GetRequiredService<Subscribing>();
    private readonly MonthEnd month = ActivatorUtilities.CreateInstance<MonthEnd>(services);
    private readonly DemoCatalogue today = DemoCatalogue.Read();
    private readonly Random dice = new(options.Seed);
    private readonly PriorityQueue<Func<Task>, (DateTimeOffset At, int Number)> events = new();
    private readonly PriorityQueue<Action, DateTimeOffset> running = new();
    private readonly List<Subscriber> subscribers = [];
    private readonly Dictionary<ChargeId, DateOnly> toRefund = [];
    private Traffic traffic = null!;
    private DateTimeOffset begin;
    private DateTimeOffset end;
    private int numbers;
    private int refunds;
    private int periods;

    /// <param name="now">The history ends a moment before it.</param>
    /// <param name="progress">Hears each day, and of 1 how far it is.</param>
    public async Task<HistoryReport> PlayAsync(DateTimeOffset now, Action<DateOnly, double>? progress, CancellationToken cancellation)
    {
        end = now.AddMinutes(-2);
        var last = calendar.DayOf(end);
        var first = last.AddDays(-options.Days);
        begin = calendar.Midnight(first);
        clock.MoveTo(begin);
        traffic = ActivatorUtilities.CreateInstance<Traffic>(
            services,
            new DeploymentsOfThePast(options.Seed),
            (Func<DateTimeOffset, double>)ShareOf
        );
        await OpenAsync(cancellation);
        var joinings = Population.Draw(options.Seed);
        var scale = Scale(joinings);
        var steps = new Queue<Shelves.Step>(Shelves.Steps.Where(step => step.At > 0));
        var coming = new Queue<Joining>(joinings);
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Invoke(day, ShareOf(calendar.Midnight(day)));
            await PlayDayAsync(day, steps, coming, scale, cancellation);
        }
        await FinishAsync(cancellation);
        return new(first, last, subscribers.Count, traffic.Settled, traffic.Released, traffic.Refused, refunds, periods);
    }

    private double ShareOf(DateTimeOffset at) => Math.Clamp((at - begin) / (end - begin), 0, 1);

    private async Task OpenAsync(CancellationToken cancellation)
    {
        await services.GetRequiredService<DemoSeed>().SeedPartAsync(Shelves.At(today, 0), simulator, cancellation);
        var onboarding = services.GetRequiredService<Onboarding>();
        var from = calendar.PeriodOf(begin);
        foreach (var (id, name) in Vendors())
        {
            string[] models = [.. today.Models.Models.Where(model => model.Vendor == id).Select(model => model.Id)];
            if (models.Length == 0)
                models = [.. today.Models.Resellers.Single(reseller => reseller.Id == id).Models.Select(model => model.Id)];
            var application = new VendorApplication(
                id,
                name,
                $"settlement@{id}.example",
                $"91{Math.Abs(id.Aggregate(7L, (sum, letter) => (sum * 37) + letter)) % 10_000_000_000_000_000L:0000000000000000}",
                $"6222 0{Math.Abs(id.Aggregate(11L, (sum, letter) => (sum * 41) + letter)) % 100_000_000_000_000L:00000000000000}",
                models,
                clock.GetUtcNow()
            );
            (await onboarding.ApplyAsync(application, cancellation)).Required();
            (await onboarding.ReviewAsync(id, cancellation)).Required();
            (await onboarding.DecideAsync(id, refusal: null, cancellation)).Required();
            var isWholesale = today.Models.Resellers.Any(reseller => reseller.Id == id);
            (
                await onboarding.AgreeAsync(
                    isWholesale
                        ? new VendorTerms(id, 0, from, null, TermsKind.Wholesale, PlatformPercent: 5)
                        : new VendorTerms(id, 0, from, null, TermsKind.RevenueShare, VendorPercent: 70, PlatformPercent: 12),
                    cancellation
                )
            ).Required();
        }
        (await onboarding.AgreeAsync(new ChannelTerms("branch-east", 0, from, null, 5), cancellation)).Required();
    }

    private IEnumerable<(string Id, string Name)> Vendors() =>
        today
            .Models.Vendors.Select(vendor => (vendor.Id, vendor.Name))
            .Concat(today.Models.Resellers.Select(reseller => (reseller.Id, reseller.Name)));

    /// <summary>What a kind's calls a day are multiplied with, so that all of them come to about what was asked for.</summary>
    private double Scale(IReadOnlyList<Joining> joinings)
    {
        var expected = joinings.Sum(joining => Population.CallsADay(joining) * options.Days * (1 - joining.JoinsAt) * 0.85);
        return options.Calls / Math.Max(1, expected);
    }

    private async Task PlayDayAsync(
        DateOnly day,
        Queue<Shelves.Step> steps,
        Queue<Joining> coming,
        double scale,
        CancellationToken cancellation
    )
    {
        var midnight = calendar.Midnight(day);
        At(midnight.AddMinutes(10), () => UpkeepAsync(day, cancellation));
        if (day.Day == 1 && midnight > begin)
            At(midnight.AddHours(4), () => CloseAsync(calendar.PeriodOf(midnight).Previous, cancellation));
        while (steps.TryPeek(out var step) && ShareOf(midnight.AddDays(1)) >= step.At)
        {
            var due = steps.Dequeue();
            At(midnight.AddHours(9), () => StepAsync(due, cancellation));
        }
        while (coming.TryPeek(out var joining) && ShareOf(midnight.AddDays(1)) >= joining.JoinsAt)
        {
            var due = coming.Dequeue();
            At(midnight.AddMinutes(600 + dice.Next(700)), () => JoinAsync(due, cancellation));
        }
        foreach (var subscriber in subscribers)
            PlanCalls(subscriber, day, midnight, scale);
        var until = midnight.AddDays(1);
        while (events.TryPeek(out _, out var next) && next.At < until && next.At < end)
        {
            EndCalls(next.At);
            var happens = events.Dequeue();
            clock.MoveTo(next.At);
            await happens();
        }
        EndCalls(until < end ? until : end);
        await traffic.FlushAsync();
    }

    /// <summary>Calls that end before this instant, each at its own.</summary>
    private void EndCalls(DateTimeOffset before)
    {
        while (running.TryPeek(out _, out var at) && at < before)
        {
            clock.MoveTo(at);
            running.Dequeue()();
        }
    }

    private void At(DateTimeOffset at, Func<Task> happens) => events.Enqueue(happens, (at, numbers++));

    private void PlanCalls(Subscriber subscriber, DateOnly day, DateTimeOffset midnight, double scale)
    {
        var (persona, own) = (subscriber.Persona, subscriber.Dice);
        if (!subscriber.CallsAt(midnight))
            return;
        var isWeekend = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var usual = persona.Hours switch
        {
            Hours.Office => isWeekend ? 0.25 : 1.25,
            Hours.Evening => isWeekend ? 1.5 : 0.85,
            _ => 1,
        };
        var wanted = Population.CallsADay(subscriber.Joining) * scale * usual * (0.5 + own.NextDouble());
        var count = (int)wanted + (own.NextDouble() < wanted % 1 ? 1 : 0);
        var run = persona.HasRuns && count > 0 ? $"job-{day:yyyyMMdd}-{own.Next(1000):000}" : null;
        for (var i = 0; i < count; i++)
        {
            var at = midnight.AddSeconds(SecondOfDay(persona.Hours, own));
            At(
                at,
                () =>
                {
                    if (traffic.Begin(subscriber, day, run) is var (ends, end))
                        running.Enqueue(end, ends);
                    return Task.CompletedTask;
                }
            );
        }
    }

    private static double SecondOfDay(Hours hours, Random dice)
    {
        var hour = hours switch
        {
            Hours.Office => dice.NextDouble() < 0.9 ? 9 + (9.5 * dice.NextDouble()) : 20 + (3 * dice.NextDouble()),
            Hours.Evening => dice.NextDouble() < 0.75 ? 18 + (5.5 * dice.NextDouble()) : 7.5 + (10 * dice.NextDouble()),
            _ => 24 * dice.NextDouble(),
        };
        return Math.Min(86_300, hour * 3600);
    }

    private async Task StepAsync(Shelves.Step step, CancellationToken cancellation)
    {
        var model = today.Models.Models.Single(each => each.Id == step.Model);
        var isNew = services.GetRequiredService<ModelCatalogHolder>().Current.Find(step.Model) is null;
        if (isNew)
        {
            await services
                .GetRequiredService<DemoSeed>()
                .SeedPartAsync(Shelves.At(today, Math.Max(step.At, ShareOf(clock.GetUtcNow()))), simulator, cancellation);
        }
        else
        {
            var sheet = Shelves.Scaled(model.ToSheet(), step.Factor);
            var reason = step.Factor == 1 ? "the list price of today" : "on its way to the list price of today";
            (await editing.PublishAsync([(step.Model, sheet)], Schedule.AtOnce, reason, cancellation)).Required();
            var contracts = services.GetRequiredService<Contracts>();
            foreach (var contract in today.Models.Contracts.Where(each => each.Model == step.Model))
            {
                var owed = Shelves.Scaled(contract.Price, step.Factor);
                const string why = "made up for the demonstration";
                (await contracts.PutAsync(contract.Vendor, contract.Model, owed, Schedule.AtOnce, why, cancellation)).Required();
            }
        }
        await traffic.FlushAsync();
        await services.GetRequiredService<PriceAnnouncer>().RoundAsync(cancellation);
    }

    private async Task JoinAsync(Joining joining, CancellationToken cancellation)
    {
        var persona = joining.Persona;
        var customer = (
            await services
                .GetRequiredService<Customers>()
                .CreateAsync(joining.PhoneNumber, joining.Name, null, null, cancellation, persona.Type)
        ).Required();
        var key = (await services.GetRequiredService<Keys>().CreateAsync(customer.Id, persona.Name, null, null, cancellation)).Required();
        var subscriber = new Subscriber(joining, customer, key.Key.Id, new Random(options.Seed + (joining.Number * 7919)));
        subscribers.Add(subscriber);
        if (persona.Method == PaymentMethod.Invoice)
        {
            var limit = new Money(200_000 * Money.NanoPerUnit, Currency.Cny);
            (await services.GetRequiredService<ReceivableDesk>().AgreeAsync(customer.Id, 30, limit, null, false, cancellation)).Required();
        }
        if (persona.Cap is { } cap)
        {
            var most = new Money(cap * Money.NanoPerUnit, Currency.Cny);
            (await services.GetRequiredService<Customers>().AllowPayAsYouGoAsync(customer.Id, most, cancellation)).Required();
        }
        if (persona.Limit is { } text)
            await LimitAsync(customer, LimitText.Parse(text).Required(), cancellation);
        if (persona.Beside is { } beside)
            (
                await ordering.PlaceAsync(
                    new OrderRequest(customer.Id, beside, $"order-{subscriber.Orders++}") { Method = persona.Method },
                    cancellation
                )
            ).Required();
        if (persona.Offering is not null)
            await BuyAsync(subscriber, cancellation);
    }

    private async Task LimitAsync(Customer customer, Limit limit, CancellationToken cancellation) =>
        (
            await services
                .GetRequiredService<Allotments>()
                .ChangeAsync(
                    customer,
                    Allotment.Root,
                    new AllotmentTerms(null, null, [limit], null, null, null, null),
                    new ChangeRequest(LimitText.Of(limit)),
                    cancellation
                )
        ).Required();

    private async Task BuyAsync(Subscriber subscriber, CancellationToken cancellation)
    {
        var (persona, now) = (subscriber.Persona, clock.GetUtcNow());
        if (!subscriber.CallsAt(now))
            return;
        if (persona.Method == PaymentMethod.Wallet)
        {
            var amount = new Money(150 * Money.NanoPerUnit, Currency.Cny);
            (
                await services
                    .GetRequiredService<WalletDesk>()
                    .TopUpAsync(subscriber.Customer.Id, amount, $"top-{subscriber.Orders}", cancellation)
            ).Required();
        }
        var order = (
            await ordering.PlaceAsync(
                new OrderRequest(subscriber.Customer.Id, persona.Offering!, $"order-{subscriber.Orders++}")
                {
                    Method = persona.Method,
                    Seats = persona.Seats,
                    Channel = persona.Channel,
                },
                cancellation
            )
        ).Required();
        if (order.State == OrderState.Completed)
            subscriber.Subscription = order.Product;
        At(now.AddMonths(1).AddMinutes(3), () => MonthOverAsync(subscriber, cancellation));
    }

    /// <summary>A month after buying: go on, get more, or leave. What renews itself has been renewed.</summary>
    private async Task MonthOverAsync(Subscriber subscriber, CancellationToken cancellation)
    {
        var (persona, now) = (subscriber.Persona, clock.GetUtcNow());
        var drawn = subscriber.Dice.NextDouble();
        if (drawn < 0.05 && persona.Type != CustomerType.Organization)
        {
            if (persona.Renews && subscriber.Subscription is { } stopped)
                await subscribing.DoAsync(stopped, new StopRenewal(), cancellation); // in grace there is nothing to stop
            subscriber.LeavesAt = now.AddDays(persona.Renews ? 28 : 0);
            return;
        }
        if (!persona.Renews)
        {
            await BuyAsync(subscriber, cancellation);
            return;
        }
        if (persona.Method == PaymentMethod.Wallet)
        {
            var amount = new Money(50 * Money.NanoPerUnit, Currency.Cny);
            (
                await services
                    .GetRequiredService<WalletDesk>()
                    .TopUpAsync(subscriber.Customer.Id, amount, $"top-{now:yyyyMM}", cancellation)
            ).Required();
        }
        if (drawn is > 0.93 && persona is { Offering: "plan-light" } && subscriber.Subscription is { } held)
            await subscribing.UpgradeAsync(held, "plan-standard", null, cancellation); // may be refused: it is in grace, or has been upgraded
        if (persona.Offering == "plan-standard" && drawn is > 0.9 && subscriber.Subscription is { } light)
            await subscribing.UpgradeAsync(light, "plan-premium", null, cancellation);
        At(now.AddMonths(1), () => MonthOverAsync(subscriber, cancellation));
    }

    private async Task UpkeepAsync(DateOnly day, CancellationToken cancellation)
    {
        await traffic.FlushAsync();
        await services.GetRequiredService<SubscriptionUpkeep>().RoundAsync(cancellation);
        await RefundAsync(day, cancellation);
        var period = calendar.PeriodOf(clock.GetUtcNow()).Previous;
        if (period < calendar.PeriodOf(begin))
            return;
        // The latest month's statements are left to their vendors.
        var isLatest = period.Next == calendar.PeriodOf(end);
        if (day.Day == 6 && !isLatest)
            await month.ConfirmAsync(period, dice, cancellation);
        if (day.Day == 9)
            await month.CollectAsync(period, dice, cancellation);
        if (day.Day == 12 && !isLatest)
            await month.PayOutAsync(period, cancellation);
        if (day.Day is 15 or 28)
        {
            foreach (var subscriber in subscribers.Where(each => each.Persona.Method == PaymentMethod.Invoice))
                await month.CollectInvoicesAsync(subscriber.Customer.Id, cancellation);
            await services.GetRequiredService<OverdueInvoices>().RoundAsync(cancellation);
        }
    }

    /// <summary>Most answers that broke off are given back two days later.</summary>
    private async Task RefundAsync(DateOnly day, CancellationToken cancellation)
    {
        foreach (var charge in traffic.TakeBroken())
        {
            if (dice.NextDouble() < 0.8)
                toRefund.Add(charge, day.AddDays(1));
        }
        foreach (var charge in toRefund.Where(due => due.Value <= day).Select(due => due.Key).ToList())
        {
            toRefund.Remove(charge);
            var request = new RefundRequest(charge, null, "The vendor broke off the answer", null);
            if ((await services.GetRequiredService<Refunding>().RefundAsync(request)).Value is not null)
                refunds++;
        }
    }

    private async Task CloseAsync(BillingPeriod period, CancellationToken cancellation)
    {
        await traffic.FlushAsync();
        await month.CloseAsync(period, cancellation);
        periods++;
    }

    /// <summary>What measured deployments and told customers is brought to where a server would have it by now.</summary>
    private async Task FinishAsync(CancellationToken cancellation)
    {
        clock.MoveTo(end);
        while (running.TryDequeue(out var call, out _))
            call(); // those in the air end a moment early
        await traffic.FlushAsync();
        await services.GetRequiredService<IQualityStore>().AddAsync(traffic.Quality, cancellation);
        await services.GetRequiredService<UsageFold>().CatchUpAsync(() => false, cancellation);
        var notices = services.GetRequiredService<NotificationDispatcher>();
        await ForgetNoticesAsync(end.AddDays(-10), cancellation);
        while (await notices.RoundAsync(cancellation) > 0)
            await notices.DrainAsync();
    }

    /// <summary>Nobody is told now what happened long ago.</summary>
    private async Task ForgetNoticesAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        const int pageMax = 1000;
        var history = services.GetRequiredService<IChargeHistory>();
        var (cursor, isOld) = (0L, true);
        while (isOld && await history.EventsAsync(cursor, pageMax) is { Count: > 0 } page)
        {
            var old = page.TakeWhile(told => told.At < before).ToList();
            isOld = old.Count == page.Count;
            if (old.Count > 0)
                cursor = old[^1].Position;
        }
        await services.GetRequiredService<INotificationStore>().TakeAsync([], cursor, cancellation);
    }
}
