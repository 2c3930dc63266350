using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging;
using Tokenline.Commerce;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Access;
using Tokenline.Portal.Calls;
using Tokenline.Portal.Layout;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Costs;

/// <summary>The cost report as CSV: the rows of the page.</summary>
internal static class CostExport
{
    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge) =>
        routes.MapGet("/costs.csv", edge.Around(WriteAsync)).WithMetadata(new NeedsAttribute(Right.SeeUsage)).ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context)
    {
        var (services, visitor) = (context.RequestServices, context.Features.Get<Visitor>()!);
        var asked = context.Request.Query;
        var query = CostQuery.Read(asked["from"], asked["to"], asked["by"], services.GetRequiredService<OperatorClock>().Today);
        var accounts = services.GetRequiredService<IChargingAccounts>();
        var scope = await Scope.OfAsync(visitor, Right.SeeUsage, services.GetRequiredService<Keys>(), accounts, context.RequestAborted);
        var currency = services.GetRequiredService<CommerceOptions>().Currency;
        var report = await CostReport.ReadAsync(
            services.GetRequiredService<IChargeHistory>(),
            visitor.Customer.Account,
            scope,
            query.From,
            query.To,
            currency
        );
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition =
            $"attachment; filename=\"costs-{CostQuery.Text(query.From)}-{CostQuery.Text(query.To)}.csv\"";
        await using var text = new StreamWriter(context.Response.Body, new UTF8Encoding(true));
        await text.WriteAsync($"{query.By.ToString().ToLowerInvariant()},depth,worth,currency,calls,input,output\r\n");
        foreach (var row in report.By(query.By, new PortalTexts(Looks.Of(context).Language)))
            await text.WriteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{UsageExport.Cell(row.Name)},{row.Depth},{(decimal)row.Sums.RetailNano / Money.NanoPerUnit:0.#########},{currency},{row.Sums.Calls},{row.Sums.Input},{row.Sums.Output}\r\n"
                )
            );
    }
}
