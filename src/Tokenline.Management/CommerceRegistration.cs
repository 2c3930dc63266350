using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tokenline.Charging;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Market;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.Staff;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;
using Tokenline.Commerce.Wallets;
using Tokenline.Commerce.WhatIf;
using Tokenline.Management.Catalog;
using Tokenline.Management.Entitlement;
using Tokenline.Management.Notifications;
using Tokenline.Management.Payments;
using Tokenline.Management.Subscriptions;
using Tokenline.Management.WhatIf;

namespace Tokenline.Management;

/// <summary>Puts Tokenline.Commerce together. It needs the stores of Tokenline.Storage and an <see cref="IChargingAccounts"/>.</summary>
public static class CommerceRegistration
{
    /// <summary>Registers the use cases and the snapshots, with the phone bill over HTTP unless another <see cref="IPhoneBill"/> is there, and the upkeep every minute.</summary>
    public static IServiceCollection AddCommerce(this IServiceCollection services, CommerceOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(options.Running);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new IdSource(provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton<TariffHolder>();
        services.AddSingleton<ITariffs>(provider => provider.GetRequiredService<TariffHolder>());
        services.AddSingleton<ModelCatalogHolder>();
        services.AddSingleton<IModelCatalogSource>(provider => provider.GetRequiredService<ModelCatalogHolder>());
        services.AddSingleton<Keyring>();
        services.AddSingleton<SubstitutionHolder>();

        // Prices before keys: a key that is known can be charged.
        services.AddSingleton<IConfigurationPart, TariffsPart>();
        services.AddSingleton<IConfigurationPart, CataloguePart>();
        services.AddSingleton<IConfigurationPart, SettingsPart>();
        services.AddSingleton<IConfigurationPart, SubstitutionsPart>();
        services.AddSingleton<IConfigurationPart, KeysPart>();
        services.AddSingleton<ConfigurationWatch>();
        services.AddHostedService<ConfigurationService>();

        services.AddSingleton<Pricing>();
        services.AddSingleton<TariffPublishing>();
        services.AddSingleton<CatalogEditing>();
        services.AddSingleton<SubstitutionEditing>();
        services.AddSingleton<Offerings>();
        services.AddSingleton<OfferingChecks>();
        services.AddSingleton<PlainWords>();
        services.AddSingleton<Contracts>();
        services.AddSingleton<UsdPrices>();
        services.AddSingleton<MarketBoard>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddSingleton<Customers>();
        services.AddSingleton<CustomerFinder>();
        services.AddSingleton<Members>();
        services.AddSingleton<MembersMax>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<Seating>();
        services.AddSingleton<Keys>();
        services.AddSingleton<CallingTermsEditing>();
        services.AddSingleton<IdentityProviders>();
        services.TryAddSingleton(new SignInLimits());
        services.AddSingleton<Sessions>();
        services.AddSingleton<StaffDesk>();
        services.AddSingleton<VendorPeople>();
        services.AddSingleton<SettingDesk>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<Refunding>();
        services.AddSingleton<RefundRequests>();
        services.TryAddSingleton<IPaymentAlarms, LoggedPaymentAlarms>();
        services.TryAddSingleton<IPhoneBill>(provider => new CarrierBillingClient(
            CarrierBillingClient.NewHttpClient(),
            options,
            provider.GetRequiredService<IPaymentAlarms>(),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.TryAddSingleton<IOneTimePasswords>(_ => new CarrierOneTimePasswordClient(CarrierBillingClient.NewHttpClient(), options));
        services.AddSingleton<IPaymentMethod, PhoneBillMethod>();
        services.AddSingleton<IPaymentMethod, WalletMethod>();
        services.AddSingleton<IPaymentMethod, InvoiceMethod>();
        services.AddSingleton<PaymentMethods>();
        services.AddSingleton<ReceivableDesk>();
        services.AddSingleton<InvoiceRecipients>();
        services.AddSingleton<VoucherDesk>();
        services.AddSingleton<WalletDesk>();
        services.AddAsker<OrderPayments>();
        services.AddAsker<RenewalPayments>();
        services.AddAsker<WalletDesk>();
        services.AddSingleton<PaymentCallbacks>();
        services.AddSingleton<PaymentSearch>();
        services.AddSingleton<CarrierReconciling>();
        services.AddSingleton<OneClick>();
        services.AddSingleton<ReferralDesk>();
        services.AddSingleton<Ordering>();
        services.AddSingleton<PlanAdviser>();
        services.AddSingleton<WhatIfStudy>();
        services.AddSingleton<WhatIfDesk>();
        services.AddSingleton<Confirming>();
        services.AddSingleton<Subscribing>();
        services.AddSingleton<SubscriptionUpkeep>();
        services.AddSingleton<Adopting>();
        services.AddSingleton<OverdueInvoices>();
        services.AddSingleton<AutoPacks>();
        services.AddSingleton<AccountChanges>();
        services.AddSingleton<Allotments>();
        services.AddSingleton<Leasing>();
        services.AddSingleton<Buckets>();
        services.AddSingleton<PoolShares>();
        services.AddSingleton<AutoPackTerms>();
        services.AddSingleton<CommerceStart>();

        services.AddSingleton<Webhooks>();
        services.AddSingleton<NotificationPreferences>();
        services.AddSingleton<DeliveryDesk>();
        services.TryAddSingleton<ISmsSender>(_ => new CarrierSmsClient(CarrierBillingClient.NewHttpClient(), options));
        services.TryAddSingleton<IMailSender>(provider => new MailDrop(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<INotificationChannel, LogChannel>();
        services.AddSingleton<INotificationChannel, SmsChannel>();
        services.AddSingleton<INotificationChannel, MailChannel>();
        services.AddSingleton<INotificationChannel>(provider => new WebhookChannel(
            provider.GetRequiredService<INotificationStore>(),
            PublicAddresses.NewHttpClient(options.AllowPrivateWebhooks),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<NotificationDispatcher>();
        services.AddSingleton<ExpiryWatch>();
        services.AddSingleton<PriceAnnouncer>();
        services.AddSingleton<BillNotices>();
        services.AddHostedService<NotificationService>();
        services.AddHostedService<PriceAnnouncementService>();

        services.AddSingleton<DemoSeed>();
        services.AddHostedService<UsdRateWatch>();
        services.AddSingleton<SellingMetrics>();
        services.AddHostedService<CommerceUpkeep>();
        services.AddHostedService<SubscriptionService>();
        services.AddHostedService<LeaseUpkeep>();
        services.AddHostedService<WhatIfService>();
        return services;
    }

    /// <summary>Somebody who asks the carrier for payments, and hears of them.</summary>
    private static void AddAsker<T>(this IServiceCollection services)
        where T : class, IAskedPayments, IPaymentNews
    {
        services.TryAddSingleton<T>();
        services.AddSingleton<IAskedPayments>(provider => provider.GetRequiredService<T>());
        services.AddSingleton<IPaymentNews>(provider => provider.GetRequiredService<T>());
    }
}
