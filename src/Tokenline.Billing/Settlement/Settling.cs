using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Commerce;

namespace Tokenline.Billing.Settlement;

/// <summary>What a period's settlement is made of.</summary>
/// <param name="Served">Of the days of the period, for the tokens of hosted deployments.</param>
/// <param name="Listed">How many models each vendor lists.</param>
/// <param name="Before">The statements of the period before: what one has left below nothing is carried.</param>
/// <param name="Rates">Units of the operator's currency for one of another.</param>
public sealed record SettlementInput(
    BillingPeriod Period,
    Currency Currency,
    DateTimeOffset At,
    IReadOnlyList<BaseLine> Base,
    IReadOnlyList<VendorCost> Costs,
    IReadOnlyList<VendorUsage> Served,
    IReadOnlyDictionary<string, int> Listed,
    IReadOnlyList<VendorTerms> Vendors,
    IReadOnlyList<ChannelTerms> Channels,
    IReadOnlyList<Statement> Before,
    IReadOnlyDictionary<Currency, decimal> Rates
);

public sealed record Settled(IReadOnlyList<Statement> Statements, IReadOnlyList<Transfer> Transfers);

/// <summary>
/// Divides what was earned, vendor by vendor and model by model. Gross is rounded once to the minor unit; shares are cut towards nothing; the operator has what is left.
/// A pure function.
/// </summary>
public sealed class Settling(SettlementInput input)
{
    private const long Million = 1_000_000;

    public Outcome<Settled> Divide()
    {
        if (input.Base.FirstOrDefault(line => line.Of.Currency != input.Currency) is { } foreign)
            return new Refused(Problems.WrongState, $"Revenue in {foreign.Of.Currency} cannot be settled in {input.Currency}.");
        var statements = new List<Statement>();
        var transfers = new List<Transfer>();
        foreach (var vendor in Payees())
        {
            var one = Vendor(vendor);
            if (one.Refused is { } refused)
                return refused;
            foreach (var (statement, transfer) in one.Required())
            {
                statements.Add(statement);
                if (transfer is not null)
                    transfers.Add(transfer);
            }
        }
        statements.AddRange(ChannelStatements([.. statements]));
        statements.AddRange(OnlyCarried([.. statements]));
        return new Settled(statements, transfers);
    }

    private IEnumerable<string> Payees() =>
        input
            .Base.Select(line => line.Of.Vendor)
            .Concat(input.Costs.Select(cost => cost.Of.Vendor))
            .Concat(
                input.Vendors.Where(terms => terms is { PlatformFixed: > 0 } && terms.Covers(input.Period)).Select(terms => terms.Vendor)
            )
            .Distinct()
            .Order(StringComparer.Ordinal);

    private Outcome<IReadOnlyList<(Statement, Transfer?)>> Vendor(string vendor)
    {
        var terms = input.Vendors.Where(known => known.Vendor == vendor && known.Covers(input.Period)).MaxBy(known => known.Number);
        var kind = vendor.Length == 0 ? PayeeKind.Operator : PayeeKind.Vendor;
        var costs = terms is { Kind: TermsKind.RevenueShare } ? [] : input.Costs.Where(cost => cost.Of.Vendor == vendor).ToList();
        var currencies = costs
            .Select(cost => cost.Of.Currency)
            .Distinct()
            .OrderBy(currency => currency.Code, StringComparer.Ordinal)
            .ToList();
        if (currencies.Count == 0)
            currencies.Add(input.Currency);
        foreach (var currency in currencies.Where(currency => currency != input.Currency))
        {
            if (input.Rates.GetValueOrDefault(currency) <= 0)
                return Refused.Invalid($"rates.{currency}", $"{vendor} is owed {currency}: at which rate?");
        }
        if (terms is { Kind: TermsKind.RevenueShare } && Promised(terms) + DearestChannel(vendor) > Agreement.WholePercent)
            return new Refused(
                Problems.WrongState,
                $"Of {vendor}'s revenue the vendor, the platform and a channel are promised more than 100 %."
            );

        var statements = new List<(Statement, Transfer?)>();
        foreach (var currency in currencies)
        {
            var lines = LinesOf(vendor, terms, currency, currencies, costs);
            if (lines.Count > 0)
                statements.Add(Write(kind, vendor, terms, currency, lines, isFirst: currency == currencies[0]));
        }
        return statements;
    }

    private static long Promised(VendorTerms terms) =>
        Percentages.PartsOf(terms.VendorPercent) + Percentages.PartsOf(terms.PlatformPercent);

    private long DearestChannel(string vendor) =>
        input.Base.Where(line => line.Of.Vendor == vendor).Select(line => ShareOf(line.Of.Channel)).DefaultIfEmpty(0).Max();

    private List<StatementLine> LinesOf(
        string vendor,
        VendorTerms? terms,
        Currency currency,
        List<Currency> currencies,
        List<VendorCost> costs
    )
    {
        var models = input
            .Base.Where(line => line.Of.Vendor == vendor)
            .Select(line => line.Of.Model)
            .Concat(costs.Select(cost => cost.Of.Model))
            .Distinct()
            .Order(StringComparer.Ordinal);
        var lines = new List<StatementLine>();
        foreach (var model in models)
        {
            var ofModel = costs.Where(cost => cost.Of.Model == model).ToList();
            // A model whose contract changed its currency within the month is divided by its calls.
            var mine = ofModel.Where(cost => cost.Of.Currency == currency).ToList();
            var weights = currencies
                .Select(other => (Int128)ofModel.Where(cost => cost.Of.Currency == other).Sum(cost => cost.Calls))
                .ToList();
            var whole = weights.All(weight => weight == 0) ? null : weights;
            if (whole is null ? currency != currencies[0] : mine.Count == 0)
                continue;
            lines.Add(Line(vendor, terms, model, currency, currencies.IndexOf(currency), whole, mine));
        }
        return lines;
    }

    private StatementLine Line(
        string vendor,
        VendorTerms? terms,
        string model,
        Currency currency,
        int number,
        List<Int128>? weights,
        List<VendorCost> costs
    )
    {
        var byChannel = input
            .Base.Where(line => line.Of.Vendor == vendor && line.Of.Model == model)
            .GroupBy(line => line.Of.Channel)
            .OrderBy(channel => channel.Key, StringComparer.Ordinal)
            .Select(channel => (Channel: channel.Key, Nano: Part(channel.Sum(line => line.Nano))))
            .ToList();
        var @base = byChannel.Sum(channel => channel.Nano);
        var gross = MinorUnit.Round(@base, input.Currency);
        var parts = byChannel
            .Where(channel => ShareOf(channel.Channel) > 0)
            .Select(channel => new ChannelPart(
                channel.Channel,
                channel.Nano,
                MinorUnit.Share(channel.Nano, ShareOf(channel.Channel), Agreement.WholePercent, input.Currency)
            ))
            .ToList();
        var channels = parts.Sum(part => part.Nano);

        var tokens = number == 0 ? TokensOf(vendor, model, terms) : 0;
        var computing = terms is null ? 0 : MinorUnit.Round((Int128)tokens * NanoOf(terms.ComputingPrice) / Million, input.Currency);
        var cost = costs.Sum(one => one.Nano);
        var own = MinorUnit.Round(cost, currency);
        var owed = currency == input.Currency ? own : Converted(own, currency);
        var isShare = terms is { Kind: TermsKind.RevenueShare };
        var platform = terms is null
            ? 0
            : MinorUnit.Share(isShare ? gross : owed, Percentages.PartsOf(terms.PlatformPercent), Agreement.WholePercent, input.Currency);
        var due = isShare
            ? MinorUnit.Share(gross, Percentages.PartsOf(terms!.VendorPercent), Agreement.WholePercent, input.Currency) - computing
            : owed - platform - computing;
        return new(
            model,
            costs.Sum(one => one.Calls),
            @base,
            gross,
            due,
            platform,
            computing,
            channels,
            gross - due - platform - computing - channels,
            costs.Count > 0 ? currency : null,
            cost,
            costs.Count > 0 ? own : 0,
            tokens,
            parts.Count > 0 ? parts : null
        );

        long Part(long nano) => weights is null ? nano : Split.Proportionally(nano, weights)[number];
    }

    private (Statement, Transfer?) Write(
        PayeeKind kind,
        string vendor,
        VendorTerms? terms,
        Currency currency,
        List<StatementLine> lines,
        bool isFirst
    )
    {
        var @fixed = isFirst && terms is not null ? NanoOf(terms.PlatformFixed) * input.Listed.GetValueOrDefault(vendor) : 0;
        if (@fixed > 0)
            lines.Add(new StatementLine("", 0, 0, 0, -@fixed, @fixed, 0, 0, 0));
        // What the vendor has to bear, and what it is owed, become its own currency once per statement.
        var due = lines.Sum(line => line.VendorNano);
        var isForeign = currency != input.Currency;
        var own = isForeign
            ? lines.Sum(line => line.OwnNano) - ToOwn(lines.Sum(line => ForeignOwed(line, currency) - line.VendorNano), currency)
            : due;
        var id = Statement.IdOf(input.Period, kind, vendor, currency);
        var statement = new Statement(
            id,
            input.Period,
            kind,
            vendor,
            currency,
            terms?.Number ?? 0,
            isForeign ? input.Rates[currency] : null,
            lines,
            kind == PayeeKind.Operator ? 0 : own,
            CarriedOf(kind, vendor, currency),
            input.At
        );
        return (statement, Post(statement, due, own));
    }

    private Transfer? Post(Statement statement, long due, long own)
    {
        var (lines, home) = (statement.Lines, input.Currency);
        var payable = statement.Kind == PayeeKind.Operator ? LedgerAccountKind.OperatorIncome : LedgerAccount.Vendor(statement.Payee);
        var transfer = new TransferBuilder()
            .Debit(LedgerAccountKind.Revenue, home, lines.Sum(line => line.BaseNano))
            .Credit(LedgerAccountKind.Rounding, home, lines.Sum(line => line.BaseNano - line.GrossNano))
            .Credit(LedgerAccountKind.PlatformIncome, home, lines.Sum(line => line.PlatformNano))
            .Credit(LedgerAccountKind.ComputingIncome, home, lines.Sum(line => line.ComputingNano))
            .Credit(LedgerAccountKind.OperatorIncome, home, lines.Sum(line => line.OperatorNano));
        foreach (var part in lines.SelectMany(line => line.Channels ?? []))
            transfer.Credit(LedgerAccount.Channel(part.Channel), home, part.Nano);
        if (statement.Currency == home)
            transfer.Credit(payable, home, due);
        else
            transfer
                .Credit(LedgerAccountKind.Exchange, home, due)
                .Debit(LedgerAccountKind.Exchange, statement.Currency, own)
                .Credit(payable, statement.Currency, own);
        return transfer.Build($"settlement/{statement.Id}", input.At.AddTicks(-1), input.Period, $"settlement of {statement.Payee}");
    }

    private IEnumerable<Statement> ChannelStatements(IReadOnlyList<Statement> divided) =>
        divided
            .SelectMany(statement => statement.Lines)
            .SelectMany(line => (line.Channels ?? []).Select(part => (line.Model, Part: part)))
            .GroupBy(one => one.Part.Channel)
            .OrderBy(channel => channel.Key, StringComparer.Ordinal)
            .Select(channel =>
            {
                var lines = channel
                    .GroupBy(one => one.Model)
                    .OrderBy(model => model.Key, StringComparer.Ordinal)
                    .Select(model =>
                    {
                        var share = model.Sum(one => one.Part.Nano);
                        return new StatementLine(model.Key, 0, model.Sum(one => one.Part.BaseNano), share, 0, 0, 0, share, 0);
                    })
                    .ToList();
                return new Statement(
                    Statement.IdOf(input.Period, PayeeKind.Channel, channel.Key, input.Currency),
                    input.Period,
                    PayeeKind.Channel,
                    channel.Key,
                    input.Currency,
                    TermsOf(channel.Key)?.Number ?? 0,
                    null,
                    lines,
                    lines.Sum(line => line.ChannelNano),
                    CarriedOf(PayeeKind.Channel, channel.Key, input.Currency),
                    input.At
                );
            });

    /// <summary>Who still owes something, and had nothing to do with this period.</summary>
    private IEnumerable<Statement> OnlyCarried(IReadOnlyList<Statement> divided) =>
        input
            .Before.Where(before => before.BalanceNano < 0)
            .Where(before => divided.All(now => (now.Kind, now.Payee, now.Currency) != (before.Kind, before.Payee, before.Currency)))
            .Select(before => new Statement(
                Statement.IdOf(input.Period, before.Kind, before.Payee, before.Currency),
                input.Period,
                before.Kind,
                before.Payee,
                before.Currency,
                0,
                null,
                [],
                0,
                before.BalanceNano,
                input.At
            ));

    private long CarriedOf(PayeeKind kind, string payee, Currency currency) =>
        input
            .Before.Where(before => (before.Kind, before.Payee, before.Currency) == (kind, payee, currency))
            .Sum(before => Math.Min(0, before.BalanceNano));

    private ChannelTerms? TermsOf(string channel) =>
        input.Channels.Where(terms => terms.Channel == channel && terms.Covers(input.Period)).MaxBy(terms => terms.Number);

    private long ShareOf(string channel) => channel.Length == 0 ? 0 : Percentages.PartsOf(TermsOf(channel)?.Percent ?? 0);

    private long TokensOf(string vendor, string model, VendorTerms? terms) =>
        terms?.HostedDeployments is not { } hosted
            ? 0
            : input
                .Served.Where(served =>
                    served.Of.Vendor == vendor
                    && served.Of.Model == model
                    && !served.Of.IsAttempt
                    && hosted.Contains(served.Of.Deployment)
                    && tokenMeters.Contains(served.Of.Meter)
                )
                .Sum(served => served.Quantity);

    /// <summary>Tokens that go in and come out; reasoning is a part of output.</summary>
    private static readonly HashSet<string> tokenMeters =
    [
        .. Enum.GetValues<Meter>().Where(meter => Usage.InputTokens.Has(meter)).Append(Meter.Output).Select(MeterNames.Of),
    ];

    private long ForeignOwed(StatementLine line, Currency currency) => line.OwnNano == 0 ? 0 : Converted(line.OwnNano, currency);

    private long Converted(long nano, Currency currency)
    {
        var (rate, scale) = Ratio(currency);
        return MinorUnit.Round((Int128)nano * rate / scale, input.Currency);
    }

    private long ToOwn(long nano, Currency currency)
    {
        var (rate, scale) = Ratio(currency);
        return MinorUnit.Round((Int128)nano * scale / rate, currency);
    }

    private (long Rate, long Scale) Ratio(Currency currency) => (decimal.ToInt64(input.Rates[currency] * Million), Million);

    private static long NanoOf(decimal amount) => decimal.ToInt64(amount * Money.NanoPerUnit);
}
