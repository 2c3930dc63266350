using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;
using Tokenline.Commerce;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;
using Tokenline.Management.Billing;
using Tokenline.Management.Calling;
using Tokenline.Management.Catalog;
using Tokenline.Management.Charges;
using Tokenline.Management.Entitlement;
using Tokenline.Management.Notifications;
using Tokenline.Management.Orders;
using Tokenline.Management.Parties;
using Tokenline.Management.Payments;
using Tokenline.Management.Routing;
using Tokenline.Management.Secrets;
using Tokenline.Management.Settings;
using Tokenline.Management.Staff;
using Tokenline.Management.Subscriptions;
using Tokenline.Management.WhatIf;

namespace Tokenline.Management;

/// <summary>The management API, its description at <c>/openapi/v1.json</c> and a reader for it at <c>/docs</c>.</summary>
public static class ManagementApi
{
    public const string Root = "/api/v1";

    public static IServiceCollection AddManagementApi(this IServiceCollection services, string adminKey)
    {
        services.AddSingleton(new AdminKey(adminKey));
        services.AddSingleton<GuessLimit>();
        services.AddSingleton<ApiEdge>();
        services.AddSingleton<AuditEdge>();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new DecimalText());
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi("v1", Description.Configure);
        return services;
    }

    /// <summary>The routes are a table in each of these.</summary>
    public static IEndpointRouteBuilder MapManagementApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Root);
        var edge = routes.ServiceProvider.GetRequiredService<ApiEdge>();
        api.AddEndpointFilter(edge);
        api.ExplainBadQueries();
        api.AddEndpointFilter(routes.ServiceProvider.GetRequiredService<AuditEdge>());

        CustomerEndpoints.Map(api);
        MemberEndpoints.Map(api);
        InvitationEndpoints.Map(api);
        KeyEndpoints.Map(api);
        CallingTermsEndpoints.Map(api);
        PayAsYouGoEndpoints.Map(api);
        AlertEndpoints.Map(api);
        NotificationEndpoints.Map(api);
        WebhookEndpoints.Map(api);
        AutoPackEndpoints.Map(api);
        AllotmentEndpoints.Map(api);
        LeaseEndpoints.Map(api);
        BucketEndpoints.Map(api);
        RefillEndpoints.Map(api);
        OfferingEndpoints.Map(api);
        OrderEndpoints.Map(api);
        OneClickEndpoints.Map(api);
        VoucherEndpoints.Map(api);
        ReferralEndpoints.Map(api);
        WalletEndpoints.Map(api);
        ReceivableEndpoints.Map(api);
        InvoiceRecipientEndpoints.Map(api);
        ReconciliationEndpoints.Map(api);
        SubscriptionEndpoints.Map(api);
        PoolShareEndpoints.Map(api);
        ChargeEndpoints.Map(api);
        RefundEndpoints.Map(api);
        RefundRequestEndpoints.Map(api);
        RunEndpoints.Map(api);
        UsageDayEndpoints.Map(api);
        RatingEndpoints.Map(api);
        AuditEndpoints.Map(api);
        VendorEndpoints.Map(api);
        ModelEndpoints.Map(api);
        TariffEndpoints.Map(api);
        WhatIfEndpoints.Map(api);
        SettingEndpoints.Map(api);
        PayoutAccountEndpoints.Map(api);
        ContractEndpoints.Map(api);
        RoutingEndpoints.Map(api);
        SubstitutionEndpoints.Map(api);
        BillEndpoints.Map(api);
        CollectionEndpoints.Map(api);
        LedgerEndpoints.Map(api);
        SettlementEndpoints.Map(api);
        OnboardingEndpoints.Map(api);
        PriceProposalEndpoints.Map(api);
        ModelProposalEndpoints.Map(api);
        VendorReconciliationEndpoints.Map(api);
        StaffEndpoints.Map(api);
        AuditLogEndpoints.Map(api);
        SecretEndpoints.Map(api);
        api.Map(
                "/{**path}",
                (HttpContext http) =>
                    ApiResult.Problem(Problems.NotFound, $"There is no {http.Request.Method} {http.Request.Path}. See /docs.")
            )
            .ExcludeFromDescription();

        CarrierEventEndpoints.Map(routes);
        routes.MapOpenApi("/openapi/{documentName}.json");
        // Fonts and scripts from this server only: the page must work where the internet does not reach.
        routes.MapScalarApiReference(
            "/docs",
            docs => docs.WithTitle("Tokenline API").DisableDefaultFonts().DisableAgent().DisableTelemetry().HideDeveloperTools()
        );
        return routes;
    }
}
