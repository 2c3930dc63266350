using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Access;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Calls;

/// <summary>Calls as CSV (RFC 4180), in UTF-8 with a mark that spreadsheets look for. The same filters as on the page.</summary>
internal static class UsageExport
{
    private const int PageSize = 1000;
    private const int RowsMax = 1_000_000; // what a spreadsheet takes

    private const string Head =
        "started_at,ended_at,charge,model,answered_model,key,run,input,cached_input,cache_write,output,reasoning,value,currency,paid,basis,ending";

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge) =>
        routes.MapGet("/usage.csv", edge.Around(WriteAsync)).WithMetadata(new NeedsAttribute(Right.SeeUsage)).ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (finder, clock) = (services.GetRequiredService<CallFinder>(), services.GetRequiredService<OperatorClock>());
        var customer = context.Features.Get<Visitor>()!.Customer;
        var query = UsageQuery.Read(context.Request.Query, clock);
        var scope = await Scope.OfAsync(
            context.Features.Get<Visitor>()!,
            Right.SeeUsage,
            services.GetRequiredService<Keys>(),
            services.GetRequiredService<IChargingAccounts>(),
            context.RequestAborted
        );
        var (names, filter) = (
            scope.Keys.ToDictionary(key => key.Id, key => key.Name),
            query.Filter with
            {
                Only = scope.Only,
                Order = RecordOrder.Newest,
            }
        );
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"tokenline-usage-{clock.Today:yyyy-MM-dd}.csv\"";
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        writer.NewLine = "\r\n";
        await writer.WriteLineAsync(Head);
        ChargeId? before = null;
        for (var rows = 0; rows < RowsMax; )
        {
            var found = await finder.FindAsync(customer.Account, filter, before, PageSize, looksMax: int.MaxValue);
            foreach (var record in found.Records)
                await writer.WriteLineAsync(Row(record, names).AsMemory(), context.RequestAborted);
            rows += found.Records.Count;
            if (found.Next is null)
                break;
            before = found.Next;
        }
    }

    private static string Row(UsageRecord record, Dictionary<KeyId, string> keys)
    {
        var usage = record.Usage;
        return string.Join(
            ',',
            Instant(record.StartedAt),
            Instant(record.EndedAt),
            record.Charge,
            Cell(record.Model),
            Cell(record.AnsweredModel),
            Cell(keys.GetValueOrDefault(record.Key, record.Key.ToString())),
            Cell(record.Run),
            usage[Meter.Input],
            usage[Meter.CachedInput],
            usage[Meter.CacheWrite5m] + usage[Meter.CacheWrite1h],
            usage[Meter.Output],
            usage[Meter.Reasoning],
            Decimal(record.RetailNano, Money.NanoPerUnit),
            record.Currency,
            Cell(string.Join("; ", record.Payments.Select(Paid))),
            record.Basis,
            record.Ending
        );
    }

    private static string Paid(Payment payment) =>
        $"{Decimal(payment.Amount, payment.IsMoney ? Money.NanoPerUnit : QuotaUnit.Micro)} {payment.Unit} {payment.Name}";

    private static string Decimal(long amount, long perUnit) =>
        ((decimal)amount / perUnit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Quoted where needed; a text that a spreadsheet would take for a formula is made a text (OWASP, CSV injection).</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        if (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
