using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Portal.Access;
using Tokenline.Portal.Access.Company;
using Tokenline.Portal.Access.Passkeys;
using Tokenline.Portal.Bills;
using Tokenline.Portal.Calls;
using Tokenline.Portal.Costs;
using Tokenline.Portal.Home;
using Tokenline.Portal.Layout;
using Tokenline.Portal.Market;
using Tokenline.Portal.Operator.Customers;
using Tokenline.Portal.Operator.Dashboard;
using Tokenline.Portal.Operator.Finance;
using Tokenline.Portal.Payments;
using Tokenline.Portal.Playground;
using Tokenline.Portal.Shopfront;
using Tokenline.Portal.Texts;
using Tokenline.Portal.Vendor;
using Tokenline.Portal.Wallets;

namespace Tokenline.Portal;

/// <summary>Puts the portal into a host, beside the use cases of Tokenline.Commerce and the charging accounts.</summary>
public static class PortalSetup
{
    public static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options)
    {
        services.AddRazorComponents();
        services.AddSingleton(options);
        services.AddSingleton<ShopWindowDresser>();
        services.AddSingleton<PortalEdge>();
        services.AddSingleton<StaffEdge>();
        services.AddSingleton<DemoPhone>();
        services.AddSingleton<OperatorClock>();
        services.AddSingleton<AccountPainter>();
        services.AddSingleton<CallFinder>();
        services.AddSingleton<PaymentList>();
        services.AddSingleton<CustomerPainter>();
        services.AddSingleton<DashboardPainter>();
        services.AddSingleton<BillRunner>();
        services.AddSingleton<VendorView>();
        services.AddSingleton<BillReading>();
        services.AddSingleton<ChangeLog>();
        services.AddSingleton<CompanySignIn>();
        services.AddSingleton<PasskeyDesk>();
        return services;
    }

    public static IEndpointRouteBuilder MapPortal(this IEndpointRouteBuilder routes)
    {
        var edge = routes.ServiceProvider.GetRequiredService<PortalEdge>();
        // Forms carry no token: PortalEdge takes a POST from our own pages only. See the README.
        routes
            .MapRazorComponents<App>()
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]))
            .DisableAntiforgery()
            .Add(page => page.RequestDelegate = edge.Around(page.RequestDelegate!));
        PortalFiles.Map(routes);
        AccessEndpoints.Map(routes, edge);
        CompanyEndpoints.Map(routes, edge);
        PasskeyEndpoints.Map(routes, edge);
        LiveEndpoint.Map(routes, edge);
        UsageExport.Map(routes, edge);
        MarketEndpoint.Map(routes, edge);
        BillFiles.Map(routes, edge);
        WalletExport.Map(routes, edge);
        CostExport.Map(routes, edge);
        PlaygroundEndpoints.Map(routes, edge);
        routes.MapFallback(edge.Around(edge.NotFoundAsync)).ExcludeFromDescription();
        return routes;
    }
}
