using Tokenline.Billing.Bills;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Billing.Collecting;

/// <summary>
/// What follows where a bill is not paid by its day, in the words and times of plans: the customer is told, and grace runs; then nothing is on credit; then the account is suspended; then plans are not renewed.
/// Each step is taken back when it is paid.
/// </summary>
internal sealed class BillDunning(IBillingStore store, IBillPayers payers, BillingOptions options)
{
    private const int PageSize = 200;

    /// <summary>The step after this one, and when it is taken; null: there is none.</summary>
    /// <param name="due">The bill's day.</param>
    public (DunningStage Stage, DateTimeOffset At)? NextOf(DunningStage stage, DateTimeOffset due) =>
        stage switch
        {
            DunningStage.None => (DunningStage.Reminded, due),
            DunningStage.Reminded => (DunningStage.Restricted, due.AddDays(options.GraceDays)),
            DunningStage.Restricted => (DunningStage.Suspended, due + SubscriptionMachine.SuspendAfter),
            DunningStage.Suspended => (DunningStage.Terminated, due + SubscriptionMachine.TerminateAfter),
            _ => null,
        };

    /// <summary>Takes the step. Stopped anywhere and taken again it is the same; then it is written down.</summary>
    /// <param name="of">Before it; of a termination with the plans that it stops written down.</param>
    public async Task TakeAsync(
        BillCollection of,
        DunningStage stage,
        BillDocument document,
        DateTimeOffset due,
        CancellationToken cancellation
    )
    {
        var step = StepOf(stage);
        if (step != Arrears.None)
            await payers.SetArrearsAsync(of.Payer, Worse(step, await OthersAsync(of, cancellation)), Why(of), cancellation);
        foreach (var plan in of.Plans ?? [])
            await payers.RenewPlanAsync(plan, isRenewed: false, cancellation);
        if (stage == DunningStage.Suspended)
            return; // the account says so itself
        var notice = new BillNotice(
            of.Bill,
            document.Bill.Period.ToString(),
            new Money(document.OpenNano, of.Currency),
            step,
            NextOf(stage, due)?.At
        );
        await payers.TellAsync(of.Payer, notice, cancellation);
    }

    /// <summary>It is paid: what it has come to is taken back, as far as no other bill of the customer's keeps it.</summary>
    public async Task LiftAsync(BillCollection paid, CancellationToken cancellation)
    {
        // The step after the last one that is written down may have been taken already.
        if (paid.Stage == DunningStage.None)
            return;
        var left = await OthersAsync(paid, cancellation);
        await payers.SetArrearsAsync(paid.Payer, left, $"bill {paid.Bill} is paid", cancellation);
        if (left == Arrears.Terminated)
            return;
        foreach (var plan in paid.Plans ?? [])
            await payers.RenewPlanAsync(plan, isRenewed: true, cancellation);
    }

    /// <summary>The worst that other bills of the account have come to.</summary>
    private async Task<Arrears> OthersAsync(BillCollection of, CancellationToken cancellation)
    {
        var worst = Arrears.None;
        var account = of.Bill[(of.Bill.IndexOf('/', StringComparison.Ordinal) + 1)..];
        for (var after = ""; ; )
        {
            var page = await store.ListAsync(DocumentKind.Bill, account, null, after, PageSize, cancellation);
            foreach (var bill in page.Where(bill => bill.Id != of.Bill))
                if (await store.FindAsync(DocumentKind.Collection, bill.Id, cancellation) is { } stored)
                    worst = Worse(worst, StepOf(BillingJson.Read<BillCollection>(stored.Body).Stage));
            if (page.Count < PageSize)
                return worst;
            after = page[^1].Id;
        }
    }

    private static Arrears Worse(Arrears one, Arrears other) => one > other ? one : other;

    private static Arrears StepOf(DunningStage stage) =>
        stage switch
        {
            DunningStage.Restricted => Arrears.Restricted,
            DunningStage.Suspended => Arrears.Suspended,
            DunningStage.Terminated => Arrears.Terminated,
            _ => Arrears.None,
        };

    private static string Why(BillCollection of) => $"bill {of.Bill} is not paid";
}
