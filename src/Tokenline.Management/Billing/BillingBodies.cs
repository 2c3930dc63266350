using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Collecting;
using Tokenline.Billing.Ledger;
using Tokenline.Billing.Settlement;
using Tokenline.Management.Api;

namespace Tokenline.Management.Billing;

/// <param name="Period">A month of the operator's calendar, such as <c>2026-11</c>.</param>
/// <param name="DryRun">Nothing is billed or posted; also of a period that has not ended.</param>
/// <param name="After">Of a dry run: where the slice before ended.</param>
public sealed record BillRunRequestBody(string? Period, bool DryRun = false, string? After = null);

/// <summary>A slice of a run. Ask again until it is done.</summary>
/// <param name="Phase"><c>facts</c>: payments and the journal are read; <c>accounts</c>: account by account; <c>done</c>.</param>
/// <param name="At">How far it is, of <paramref name="Of"/>: positions of the journal, or accounts.</param>
/// <param name="After">Of a dry run: to be given back.</param>
/// <param name="Accounts">That this slice looked at.</param>
/// <param name="Bills">That this slice came to.</param>
/// <param name="Due">Σ of them.</param>
/// <param name="Purchases">What their customers have paid for plans and packs, apart from the bills.</param>
/// <param name="Earned">Net revenue of the calls.</param>
public sealed record BillRunBody(
    string Period,
    bool DryRun,
    bool Done,
    BillRunPhase Phase,
    long At,
    long Of,
    string? After,
    int Accounts,
    int Bills,
    MoneyBody Due,
    MoneyBody Tax,
    MoneyBody Purchases,
    MoneyBody Earned
)
{
    internal static BillRunBody From(BillRunReport report, bool isDry, Currency currency) =>
        new(
            report.Period.ToString(),
            isDry,
            report.IsDone,
            report.Phase,
            report.At,
            report.Of,
            report.After == default ? null : report.After.ToString(),
            report.Accounts,
            report.Bills,
            Amount(report.DueNano, currency),
            Amount(report.TaxNano, currency),
            Amount(report.PurchasesNano, currency),
            Amount(report.EarnedNano, currency)
        );

    internal static MoneyBody Amount(Int128 nano, Currency currency) => new((decimal)nano / Money.NanoPerUnit, currency);
}

/// <param name="Period">A month of the operator's calendar, such as <c>2026-11</c>.</param>
/// <param name="DryRun">Nothing is sent.</param>
/// <param name="After">Where the slice before ended.</param>
public sealed record BillSendRequestBody(string? Period, bool DryRun = false, string? After = null);

/// <param name="Bill">That could not be sent: it is when it is asked for again.</param>
public sealed record BillSendTroubleBody(string Bill, string Why);

/// <summary>A slice of sending. Ask again until it is done.</summary>
/// <param name="At">Bills that this slice looked at; <paramref name="Of"/> are there.</param>
/// <param name="After">To be given back.</param>
/// <param name="Sent">By this slice, or – dry – that would be.</param>
/// <param name="Before">That were sent before, or have nothing to be paid.</param>
/// <param name="OnHold">That are disputed.</param>
/// <param name="Collected">Of those sent: paid at once, by their customers' method.</param>
/// <param name="Invoiced">Of those sent: an invoice now.</param>
/// <param name="Unpaid">Of those sent: refused or without an answer; they are asked for again.</param>
/// <param name="Waiting">Of those sent: their customers pay them.</param>
/// <param name="Due">Σ of those sent.</param>
public sealed record BillSendBody(
    string Period,
    bool DryRun,
    bool Done,
    long At,
    long Of,
    string? After,
    int Sent,
    int Before,
    int OnHold,
    int Collected,
    int Invoiced,
    int Unpaid,
    int Waiting,
    MoneyBody Due,
    IReadOnlyList<BillSendTroubleBody> Trouble
)
{
    internal static BillSendBody From(BillSendReport report, bool isDry, Currency currency) =>
        new(
            report.Period.ToString(),
            isDry,
            report.IsDone,
            report.At,
            report.Of,
            report.IsDone ? null : report.After,
            report.Sent,
            report.Before,
            report.OnHold,
            report.Collected,
            report.Invoiced,
            report.Unpaid,
            report.Waiting,
            BillRunBody.Amount(report.DueNano, currency),
            [.. report.Trouble.Select(one => new BillSendTroubleBody(one.Bill, one.Why))]
        );
}

/// <param name="Kind"><c>purchase</c>, <c>refund</c>, <c>included</c>, <c>usage</c>, <c>credit</c>, <c>volumeDiscount</c> or <c>minimum</c>.</param>
/// <param name="KeyName">As it was called when the bill was made; so is the next.</param>
/// <param name="AllotmentName">Of the department, project or member, with what it lies under.</param>
/// <param name="Quantity">What quota paid, in whole units of <paramref name="Unit"/>.</param>
/// <param name="Worth">The retail value of the calls.</param>
/// <param name="Earned">What included calls used up of a price that was paid before, net of tax.</param>
/// <param name="Amount">In whole minor units, tax included.</param>
/// <param name="Exact">Before it was rounded.</param>
public sealed record BillLineBody(
    BillLineKind Kind,
    string Name,
    string? Model,
    KeyId? Key,
    AllotmentId? Allotment,
    string? KeyName,
    string? AllotmentName,
    string? Unit,
    decimal? Quantity,
    long Calls,
    long Input,
    long Output,
    decimal Worth,
    decimal Earned,
    decimal Exact,
    decimal Amount,
    decimal Tax
)
{
    internal static BillLineBody Of(BillLine line) =>
        new(
            line.Kind,
            line.Name,
            line.Model,
            line.Key,
            line.Allotment,
            line.KeyName,
            line.AllotmentName,
            line.Unit,
            line.Unit is null ? null : Figures.Units(line.Quantity),
            line.Calls,
            line.Input,
            line.Output,
            Units(line.WorthNano),
            Units(line.EarnedNano),
            Units(line.ExactNano),
            Units(line.AmountNano),
            Units(line.TaxNano)
        );

    internal static decimal Units(long nano) => (decimal)nano / Money.NanoPerUnit;
}

/// <param name="Id">Period and account.</param>
/// <param name="State">Of TMF678: <c>validated</c>, <c>sent</c>, <c>partiallyPaid</c>, <c>settled</c> or <c>onHold</c>.</param>
/// <param name="Due">Σ of the lines that are owed.</param>
/// <param name="Open">What is left of that after payments, credit notes and what was given up.</param>
/// <param name="Uncollected">Retail value that nobody could pay; it is not owed.</param>
/// <param name="Hash">SHA-256 of the bill as it was made.</param>
/// <param name="To">Whom it is made out to, as it was then: the name, and what the customer says of itself for invoices. Left out of lists.</param>
/// <param name="Lines">Left out of lists.</param>
public sealed record BillBody(
    string Id,
    string Period,
    AccountId Account,
    PartyId? Customer,
    BillState State,
    Currency Currency,
    DateTimeOffset At,
    DateTimeOffset DueAt,
    decimal Due,
    decimal Tax,
    decimal Purchases,
    decimal Paid,
    decimal Credited,
    decimal WrittenOff,
    decimal Open,
    decimal Uncollected,
    string Hash,
    BilledTo? To,
    IReadOnlyList<BillLineBody>? Lines
)
{
    internal static BillBody Of(BillDocument document, bool withLines = true)
    {
        var bill = document.Bill;
        return new(
            bill.Id,
            bill.Period.ToString(),
            bill.Account,
            bill.Customer,
            document.State,
            bill.Currency,
            bill.At,
            bill.DueAt,
            BillLineBody.Units(bill.DueNano),
            BillLineBody.Units(bill.TaxNano),
            BillLineBody.Units(bill.PurchasesNano),
            BillLineBody.Units(document.PaidNano),
            BillLineBody.Units(document.CreditedNano),
            BillLineBody.Units(document.WrittenOffNano),
            BillLineBody.Units(document.OpenNano),
            BillLineBody.Units(bill.UncollectedNano),
            document.Hash,
            withLines ? bill.To : null,
            withLines ? [.. bill.Lines.Select(BillLineBody.Of)] : null
        );
    }
}

/// <param name="Id">Your own name for it: given again it is the same.</param>
public sealed record BillPaymentBody(string? Id, MoneyBody? Amount);

/// <param name="Id">Your own name for it: given again it is the same.</param>
public sealed record CreditNoteBody(string? Id, MoneyBody? Amount, string? Reason);

/// <param name="Id">Your own name for it: given again it is the same.</param>
public sealed record BillDisputeBody(string? Id, string? Reason);

/// <param name="Credit">What is taken off the bill; left out: it stands.</param>
public sealed record DisputeAnswerBody(MoneyBody? Credit, string? Answer);

/// <param name="From">An amount of a month's calls, tax included.</param>
public sealed record VolumeTierBody(decimal From, decimal DiscountPercent);

/// <param name="Minimum">Per period, tax included.</param>
/// <param name="Reach"><c>whole</c>: the tier that a month ends in is for all of it; <c>above</c>: for what lies above its beginning.</param>
public sealed record AgreementBody(
    string? From,
    string? Until = null,
    decimal? Minimum = null,
    TierReach Reach = TierReach.Whole,
    IReadOnlyList<VolumeTierBody>? Tiers = null,
    int? Number = null
)
{
    internal static AgreementBody Of(Agreement agreement) =>
        new(
            agreement.From.ToString(),
            agreement.Until?.ToString(),
            agreement.Minimum,
            agreement.Reach,
            [.. agreement.Tiers.Select(tier => new VolumeTierBody(tier.From, tier.DiscountPercent))],
            agreement.Number
        );
}

/// <param name="Account">Such as <c>vendor_payable:zhipu</c>.</param>
/// <param name="Amount">Debit is positive.</param>
public sealed record LedgerBalanceBody(string Account, string Class, decimal Amount, Currency Currency)
{
    internal static LedgerBalanceBody Of(Balance balance) =>
        new(
            balance.Account.ToString(),
            LedgerExport.Class(balance.Account.Kind),
            (decimal)balance.Nano / Money.NanoPerUnit,
            balance.Currency
        );
}

/// <param name="Rates">Units of the operator's currency for one of another, by its code.</param>
public sealed record SettlementRequestBody(string? Period, Dictionary<string, decimal>? Rates = null, bool DryRun = false);

/// <summary>gross = vendor + platform + computing + channel + operator, to the fen, in every line and over all.</summary>
public sealed record SettlementBody(
    string Period,
    bool IsNew,
    bool AddsUp,
    Currency Currency,
    decimal Gross,
    decimal Vendor,
    decimal Platform,
    decimal Computing,
    decimal Channel,
    decimal Operator,
    IReadOnlyList<StatementBody> Statements
)
{
    internal static SettlementBody Of(SettlementReport report, Currency currency) =>
        new(
            report.Period.ToString(),
            report.IsNew,
            report.AddsUp,
            currency,
            Units(report.GrossNano),
            Units(report.VendorNano),
            Units(report.PlatformNano),
            Units(report.ComputingNano),
            Units(report.ChannelNano),
            Units(report.OperatorNano),
            [.. report.Statements.Select(StatementBody.Of)]
        );

    private static decimal Units(Int128 nano) => (decimal)nano / Money.NanoPerUnit;
}

/// <param name="Model">Empty: the fee for being listed.</param>
/// <param name="Cost">Wholesale: what the price sheet came to, in its own currency.</param>
/// <param name="Tokens">That the operator's own deployments served.</param>
public sealed record StatementLineBody(
    string Model,
    long Calls,
    decimal Gross,
    decimal Vendor,
    decimal Platform,
    decimal Computing,
    decimal Channel,
    decimal Operator,
    MoneyBody? Cost,
    long Tokens
);

public sealed record StatementAdjustmentBody(decimal Amount, string Reason, DateTimeOffset At);

/// <param name="Kind"><c>vendor</c>, <c>channel</c>, or <c>operator</c>: what no call of a vendor earned.</param>
/// <param name="Carried">What earlier statements left below nothing.</param>
/// <param name="Rate">Units of the operator's currency for one of this statement's.</param>
/// <param name="Balance">Due, carried and adjusted: what is paid out, if it is above nothing.</param>
public sealed record StatementBody(
    string Id,
    string Period,
    PayeeKind Kind,
    string Payee,
    StatementState State,
    Currency Currency,
    int Terms,
    decimal? Rate,
    decimal Due,
    decimal Carried,
    IReadOnlyList<StatementAdjustmentBody> Adjustments,
    decimal Balance,
    decimal Paid,
    string? Dispute,
    IReadOnlyList<StatementLineBody> Lines
)
{
    internal static StatementBody Of(Statement statement) =>
        new(
            statement.Id,
            statement.Period.ToString(),
            statement.Kind,
            statement.Payee,
            statement.State,
            statement.Currency,
            statement.Terms,
            statement.Rate,
            BillLineBody.Units(statement.DueNano),
            BillLineBody.Units(statement.CarriedNano),
            [
                .. statement.Adjustments.Select(adjustment => new StatementAdjustmentBody(
                    BillLineBody.Units(adjustment.Nano),
                    adjustment.Reason,
                    adjustment.At
                )),
            ],
            BillLineBody.Units(statement.BalanceNano),
            BillLineBody.Units(statement.PaidNano),
            statement.Dispute,
            [
                .. statement.Lines.Select(line => new StatementLineBody(
                    line.Model,
                    line.Calls,
                    BillLineBody.Units(line.GrossNano),
                    BillLineBody.Units(line.VendorNano),
                    BillLineBody.Units(line.PlatformNano),
                    BillLineBody.Units(line.ComputingNano),
                    BillLineBody.Units(line.ChannelNano),
                    BillLineBody.Units(line.OperatorNano),
                    line.CostCurrency is { } currency ? MoneyBody.Of(line.CostNano, currency) : null,
                    line.Tokens
                )),
            ]
        );
}

public sealed record StatementDisputeBody(string? Reason);

/// <param name="Adjustment">More than nothing is the payee's; left out: the statement stands.</param>
public sealed record StatementResolutionBody(MoneyBody? Adjustment, string? Reason);

/// <param name="SettlementAccount">Where the vendor is paid.</param>
public sealed record VendorApplicationBody(
    string? Vendor,
    string? Company,
    string? Contact,
    string? TaxId,
    string? SettlementAccount,
    IReadOnlyList<string>? Models,
    ApplicationState? State = null,
    string? Reason = null
)
{
    internal static VendorApplicationBody Of(VendorApplication application) =>
        new(
            application.Vendor,
            application.Company,
            application.Contact,
            application.TaxId,
            application.SettlementAccount,
            application.Models,
            application.State,
            application.Reason
        );
}

/// <param name="Refusal">Why not; left out: it is approved.</param>
public sealed record ApplicationDecisionBody(string? Refusal);

/// <param name="Kind"><c>wholesale</c> or <c>revenueShare</c>.</param>
/// <param name="VendorPercent">Of the gross, for a share of revenue.</param>
/// <param name="PlatformPercent">Of the gross; by wholesale of what the vendor is owed.</param>
/// <param name="PlatformFixed">For each listed model and period.</param>
/// <param name="ComputingPrice">For a million tokens of deployments that the operator runs.</param>
/// <param name="HostedDeployments">Those: ids of deployments.</param>
/// <param name="PriceNoticeDays">From the proposal of a price to its start; left out: as the operator's setting says.</param>
public sealed record VendorTermsBody(
    string? Vendor,
    string? From,
    TermsKind Kind,
    string? Until = null,
    decimal VendorPercent = 0,
    decimal PlatformPercent = 0,
    decimal PlatformFixed = 0,
    decimal ComputingPrice = 0,
    IReadOnlyList<string>? HostedDeployments = null,
    int? Number = null,
    int? PriceNoticeDays = null
)
{
    internal static VendorTermsBody Of(VendorTerms terms) =>
        new(
            terms.Vendor,
            terms.From.ToString(),
            terms.Kind,
            terms.Until?.ToString(),
            terms.VendorPercent,
            terms.PlatformPercent,
            terms.PlatformFixed,
            terms.ComputingPrice,
            terms.HostedDeployments,
            terms.Number,
            terms.PriceNoticeDays
        );
}

public sealed record ChannelTermsBody(string? Channel, string? From, decimal Percent, string? Until = null, int? Number = null)
{
    internal static ChannelTermsBody Of(ChannelTerms terms) =>
        new(terms.Channel, terms.From.ToString(), terms.Percent, terms.Until?.ToString(), terms.Number);
}
