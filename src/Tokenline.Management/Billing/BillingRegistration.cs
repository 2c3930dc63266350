using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Collecting;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Billing.Proposals;
using Tokenline.Billing.Reconciliation;
using Tokenline.Billing.Settlement;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Payments;

namespace Tokenline.Management.Billing;

/// <summary>Puts Tokenline.Billing together. It needs the stores of Tokenline.Storage.</summary>
public static class BillingRegistration
{
    public static IServiceCollection AddBilling(this IServiceCollection services, BillingOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => new BillingCalendar(provider.GetRequiredService<CommerceOptions>().TimeZone));
        services.AddSingleton<UsageFold>();
        services.AddSingleton<SalesGathering>();
        services.AddSingleton<IBillNames, CommerceNames>();
        services.AddSingleton<BillRun>();
        services.AddSingleton<BillDesk>();
        services.AddSingleton<Agreements>();
        services.AddSingleton<IBillPayers, CommercePayers>();
        services.AddSingleton<BillCollecting>();
        services.AddSingleton<BillSending>();
        services.AddSingleton<IBookedPayments, BookedBillPayments>();
        services.AddSingleton<IAskedPayments>(provider => provider.GetRequiredService<BillCollecting>());
        services.AddSingleton<IPaymentNews>(provider => provider.GetRequiredService<BillCollecting>());
        services.AddSingleton<LedgerExport>();
        services.AddSingleton<IStalls, CatalogStalls>();
        services.AddSingleton<SettlementRun>();
        services.AddSingleton<StatementDesk>();
        services.AddSingleton<PayoutAccounts>();
        services.AddSingleton<ServedCalls>();
        services.AddSingleton<Onboarding>();
        services.AddSingleton<VendorCalls>();
        services.AddSingleton<VendorReconciling>();
        services.AddSingleton<PriceProposals>();
        services.AddHostedService<BooksUpkeep>();
        return services;
    }
}

/// <summary>Every ten minutes, on one node: reads the journal on, so that a run has little left to read, and records are summed long before they are dropped; and finishes what was approved.</summary>
internal sealed class BooksUpkeep(
    UsageFold fold,
    PriceProposals proposals,
    BillCollecting collecting,
    ILeadership leadership,
    TimeProvider time,
    ILogger<BooksUpkeep> log
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Books, RunAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await proposals.ResumeAsync(stoppingToken);
                foreach (var (bill, why) in (await collecting.RoundAsync(stoppingToken)).Trouble)
                    log.LogWarning(why, "Bill {Bill} could not be collected; it is tried again in ten minutes", bill);
                await fold.CatchUpAsync(() => stoppingToken.IsCancellationRequested, stoppingToken);
            }
            catch (BillingConflictException)
            {
                // a run reads it at the same time
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(e, "The books could not be kept up; it is tried again in ten minutes");
            }
        }
    }
}
