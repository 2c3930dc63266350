using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Storage.Management;

/// <summary>The management data: who buys, what is for sale, and the outbox to the charging accounts.</summary>
internal class ManagementDb : DbContext
{
    public ManagementDb(DbContextOptions<ManagementDb> options)
        : base(options) { }

    /// <summary>For the same model on another database.</summary>
    protected ManagementDb(DbContextOptions options)
        : base(options) { }

    public DbSet<PartyRow> Parties => Set<PartyRow>();
    public DbSet<IndividualRow> Individuals => Set<IndividualRow>();
    public DbSet<PartyRoleRow> PartyRoles => Set<PartyRoleRow>();
    public DbSet<InvitationRow> Invitations => Set<InvitationRow>();
    public DbSet<PoolShareRow> PoolShares => Set<PoolShareRow>();
    public DbSet<BillingAccountRow> Accounts => Set<BillingAccountRow>();
    public DbSet<OfferingRow> Offerings => Set<OfferingRow>();
    public DbSet<OfferingVersionRow> OfferingVersions => Set<OfferingVersionRow>();
    public DbSet<OrderRow> Orders => Set<OrderRow>();
    public DbSet<ProductRow> Products => Set<ProductRow>();
    public DbSet<SubscriptionRow> Subscriptions => Set<SubscriptionRow>();
    public DbSet<SubscriptionPaymentRow> SubscriptionPayments => Set<SubscriptionPaymentRow>();
    public DbSet<ReferralCodeRow> ReferralCodes => Set<ReferralCodeRow>();
    public DbSet<ReferralRow> Referrals => Set<ReferralRow>();
    public DbSet<OneClickConsentRow> Consents => Set<OneClickConsentRow>();
    public DbSet<VoucherRow> Vouchers => Set<VoucherRow>();
    public DbSet<VoucherUseRow> VoucherUses => Set<VoucherUseRow>();
    public DbSet<WalletRow> Wallets => Set<WalletRow>();
    public DbSet<WalletMovementRow> WalletMovements => Set<WalletMovementRow>();
    public DbSet<TopUpRow> TopUps => Set<TopUpRow>();
    public DbSet<InvoiceTermsRow> InvoiceTerms => Set<InvoiceTermsRow>();
    public DbSet<ReceivableRow> Receivables => Set<ReceivableRow>();
    public DbSet<ReceivableEntryRow> ReceivableEntries => Set<ReceivableEntryRow>();
    public DbSet<ApiKeyRow> Keys => Set<ApiKeyRow>();
    public DbSet<VendorRow> Vendors => Set<VendorRow>();
    public DbSet<ModelRow> Models => Set<ModelRow>();
    public DbSet<DeploymentRow> Deployments => Set<DeploymentRow>();
    public DbSet<TariffVersionRow> Tariffs => Set<TariffVersionRow>();
    public DbSet<ContractRow> Contracts => Set<ContractRow>();
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();
    public DbSet<NotificationSettingsRow> NotificationSettings => Set<NotificationSettingsRow>();
    public DbSet<WebhookRow> Webhooks => Set<WebhookRow>();
    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();
    public DbSet<AutoPackPurchaseRow> AutoPacks => Set<AutoPackPurchaseRow>();
    public DbSet<AccountChangeRow> AccountChanges => Set<AccountChangeRow>();
    public DbSet<StoredResponseRow> Responses => Set<StoredResponseRow>();
    public DbSet<FileRow> Files => Set<FileRow>();
    public DbSet<FilePieceRow> FilePieces => Set<FilePieceRow>();
    public DbSet<BatchRow> Batches => Set<BatchRow>();
    public DbSet<BatchLineRow> BatchLines => Set<BatchLineRow>();
    public DbSet<SubstitutionRow> Substitutions => Set<SubstitutionRow>();
    public DbSet<SettingRow> Settings => Set<SettingRow>();
    public DbSet<WhatIfRow> WhatIfRuns => Set<WhatIfRow>();
    public DbSet<RunningSettingRow> RunningSettings => Set<RunningSettingRow>();
    public DbSet<ProtectionKeyRow> ProtectionKeys => Set<ProtectionKeyRow>();
    public DbSet<SignInChallengeRow> SignInChallenges => Set<SignInChallengeRow>();
    public DbSet<SignInAttemptRow> SignInAttempts => Set<SignInAttemptRow>();
    public DbSet<SessionRow> Sessions => Set<SessionRow>();
    public DbSet<QualityDayRow> QualityDays => Set<QualityDayRow>();
    public DbSet<StaffRow> Staff => Set<StaffRow>();
    public DbSet<AuditEntryRow> AuditEntries => Set<AuditEntryRow>();
    public DbSet<ConfigurationVersionRow> ConfigurationVersions => Set<ConfigurationVersionRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<DateTimeOffset>().HaveConversion<InstantConverter>();
        configuration.Properties<AccountId>().HaveConversion<IdConverter<AccountKind>>();
        configuration.Properties<AllotmentId>().HaveConversion<IdConverter<AllotmentKind>>();
        configuration.Properties<ChargeId>().HaveConversion<IdConverter<ChargeKind>>();
        configuration.Properties<BatchId>().HaveConversion<IdConverter<BatchKind>>();
        configuration.Properties<FileId>().HaveConversion<IdConverter<FileKind>>();
        configuration.Properties<CommandId>().HaveConversion<IdConverter<CommandKind>>();
        configuration.Properties<IndividualId>().HaveConversion<IdConverter<IndividualKind>>();
        configuration.Properties<InvitationId>().HaveConversion<IdConverter<InvitationKind>>();
        configuration.Properties<KeyId>().HaveConversion<IdConverter<KeyKind>>();
        configuration.Properties<MembershipId>().HaveConversion<IdConverter<MembershipKind>>();
        configuration.Properties<OrderId>().HaveConversion<IdConverter<OrderKind>>();
        configuration.Properties<PartyId>().HaveConversion<IdConverter<PartyKind>>();
        configuration.Properties<ProductId>().HaveConversion<IdConverter<ProductKind>>();
        configuration.Properties<SessionId>().HaveConversion<IdConverter<SessionKind>>();
        configuration.Properties<ReceivableId>().HaveConversion<IdConverter<ReceivableKind>>();
        configuration.Properties<RefundRequestId>().HaveConversion<IdConverter<RefundRequestKind>>();
        configuration.Properties<StaffId>().HaveConversion<IdConverter<StaffKind>>();
        configuration.Properties<SubstitutionId>().HaveConversion<IdConverter<SubstitutionKind>>();
        configuration.Properties<TopUpId>().HaveConversion<IdConverter<TopUpKind>>();
        configuration.Properties<WebhookId>().HaveConversion<IdConverter<WebhookKind>>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<PartyRow>(party =>
        {
            party.ToTable("party").HasKey(row => row.Id);
            party.Property(row => row.Id).ValueGeneratedNever();
            party.HasIndex(row => new { row.PhoneNumber, row.Type }).IsUnique();
            party.Property(row => row.Type).HasDefaultValue(CustomerType.Individual).HasSentinel((CustomerType)0);
            party.HasOne(row => row.Account).WithOne().HasForeignKey<BillingAccountRow>(row => row.PartyId);
        });
        model.Entity<IndividualRow>(individual =>
        {
            individual.ToTable("individual").HasKey(row => row.Id);
            individual.Property(row => row.Id).ValueGeneratedNever();
            individual.HasIndex(row => row.PhoneNumber).IsUnique();
        });
        model.Entity<PartyRoleRow>(role =>
        {
            role.ToTable("party_role").HasKey(row => row.Id);
            role.Property(row => row.Id).ValueGeneratedNever();
            role.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            role.HasOne<IndividualRow>().WithMany().HasForeignKey(row => row.IndividualId);
            // Once at a time.
            role.HasIndex(row => new { row.PartyId, row.IndividualId })
                .IsUnique()
                .HasFilter("\"Until\" IS NULL")
                .HasDatabaseName("IX_party_role_active");
        });
        model.Entity<InvitationRow>(invitation =>
        {
            invitation.ToTable("invitation").HasKey(row => row.Id);
            invitation.Property(row => row.Id).ValueGeneratedNever();
            invitation.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            invitation
                .HasIndex(row => new { row.PhoneNumber, row.PartyId })
                .IsUnique()
                .HasFilter($"\"State\" = {(int)InvitationState.Pending}")
                .HasDatabaseName("IX_invitation_pending");
        });
        model.Entity<BillingAccountRow>(account =>
        {
            account.ToTable("billing_account").HasKey(row => row.Id);
            account.Property(row => row.Id).ValueGeneratedNever();
        });
        model.Entity<OfferingRow>(offering =>
        {
            offering.ToTable("product_offering").HasKey(row => row.Number);
            offering.HasIndex(row => row.Id).IsUnique();
            offering.Property(row => row.State).HasDefaultValue(OfferingState.Published).HasSentinel((OfferingState)0);
            offering.Property(row => row.Version).HasDefaultValue(1).HasSentinel(-1);
        });
        model.Entity<OfferingVersionRow>().ToTable("offering_version").HasKey(row => new { row.OfferingId, row.Version });
        model.Entity<OrderRow>(order =>
        {
            order.ToTable("product_order").HasKey(row => row.Id);
            order.Property(row => row.Id).ValueGeneratedNever();
            order.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            order.HasIndex(row => new { row.PartyId, row.ExternalId }).IsUnique();
            order.HasIndex(row => new { row.PartyId, row.Once }).IsUnique();
            order.HasIndex(row => row.State);
            order.Property(row => row.Method).HasDefaultValue(PaymentMethod.PhoneBill).HasSentinel((PaymentMethod)0);
            order.HasIndex(row => new { row.PartyId, row.OfferingId });
            order.HasIndex(row => row.LookAt).HasFilter("\"LookAt\" IS NOT NULL");
            order
                .HasIndex(row => row.ConfirmBy)
                .HasFilter($"\"State\" = {(int)OrderState.Pending}")
                .HasDatabaseName("IX_product_order_pending");
        });
        model.Entity<ProductRow>(product =>
        {
            product.ToTable("product").HasKey(row => row.Id);
            product.Property(row => row.Id).ValueGeneratedNever();
            product.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            product.HasOne<OrderRow>().WithMany().HasForeignKey(row => row.OrderId);
            product.HasIndex(row => new { row.ExpiresAt, row.Id });
            product.HasIndex(row => row.BundleId).HasFilter("\"BundleId\" IS NOT NULL");
        });
        model.Entity<SubscriptionRow>(subscription =>
        {
            subscription.ToTable("subscription").HasKey(row => row.Id);
            subscription.Property(row => row.Id).ValueGeneratedNever();
            subscription.HasOne<ProductRow>().WithMany().HasForeignKey(row => row.Id);
            subscription.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            // What is due is found here, whatever the number of those that are not.
            subscription.HasIndex(row => new { row.DueAt, row.Id }).HasFilter("\"DueAt\" IS NOT NULL");
        });
        model.Entity<SubscriptionPaymentRow>(payment =>
        {
            payment.ToTable("subscription_payment").HasKey(row => row.Number);
            payment.HasIndex(row => row.Correlator).IsUnique();
            payment.HasIndex(row => row.LookAt).HasFilter("\"LookAt\" IS NOT NULL");
            payment.Property(row => row.Method).HasDefaultValue(PaymentMethod.PhoneBill).HasSentinel((PaymentMethod)0);
            payment.HasOne<SubscriptionRow>().WithMany().HasForeignKey(row => row.SubscriptionId);
            payment
                .HasIndex(row => row.Number)
                .HasFilter($"\"State\" = {(int)PaymentState.Owed}")
                .HasDatabaseName("IX_subscription_payment_owed");
            payment.HasIndex(row => row.Number, "IX_subscription_payment_accrued").HasFilter($"\"State\" = {(int)PaymentState.Accrued}");
        });
        model.Entity<PoolShareRow>(share =>
        {
            share.ToTable("pool_share").HasKey(row => new { row.SubscriptionId, row.AllotmentId });
            share.HasOne<SubscriptionRow>().WithMany().HasForeignKey(row => row.SubscriptionId);
        });
        model.Entity<ReferralCodeRow>(code =>
        {
            code.ToTable("referral_code").HasKey(row => row.Code);
            code.HasIndex(row => row.PartyId).IsUnique();
            code.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<ReferralRow>(referral =>
        {
            referral.ToTable("referral").HasKey(row => row.Number);
            referral.HasIndex(row => row.LiveId).IsUnique();
            referral.HasIndex(row => row.ReferrerId);
            referral.HasIndex(row => row.OrderId).IsUnique();
            referral.HasOne<OrderRow>().WithMany().HasForeignKey(row => row.OrderId);
            referral.HasIndex(row => row.DueAt).HasFilter($"\"State\" = {(int)ReferralState.Pending}").HasDatabaseName("IX_referral_due");
        });
        model.Entity<OneClickConsentRow>(consent =>
        {
            consent.ToTable("one_click_consent").HasKey(row => row.Number);
            consent.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<VoucherRow>().ToTable("voucher").HasKey(row => row.Code);
        model.Entity<VoucherUseRow>(use =>
        {
            use.ToTable("voucher_use").HasKey(row => row.Number);
            use.HasOne<VoucherRow>().WithMany().HasForeignKey(row => row.Code);
            use.HasOne<OrderRow>().WithMany().HasForeignKey(row => row.OrderId);
            use.HasIndex(row => new
                {
                    row.Code,
                    row.PartyId,
                    row.Slot,
                })
                .IsUnique();
        });
        model.Entity<WalletRow>(wallet =>
        {
            wallet.ToTable("wallet").HasKey(row => row.PartyId);
            wallet.Property(row => row.PartyId).ValueGeneratedNever();
            wallet.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<WalletMovementRow>(movement =>
        {
            movement.ToTable("wallet_movement").HasKey(row => row.Number);
            movement.HasIndex(row => row.Correlator).IsUnique();
            movement.HasIndex(row => new { row.PartyId, row.Number });
            movement.HasIndex(row => row.Of).HasFilter("\"Of\" IS NOT NULL");
            movement.HasOne<WalletRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<TopUpRow>(topUp =>
        {
            topUp.ToTable("top_up").HasKey(row => row.Id);
            topUp.Property(row => row.Id).ValueGeneratedNever();
            topUp.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            topUp.HasIndex(row => new { row.PartyId, row.ExternalId }).IsUnique();
            topUp.HasIndex(row => row.Id).HasFilter($"\"State\" = {(int)TopUpState.InProgress}").HasDatabaseName("IX_top_up_open");
            topUp.HasIndex(row => row.LookAt).HasFilter("\"LookAt\" IS NOT NULL");
        });
        model.Entity<InvoiceTermsRow>(terms =>
        {
            terms.ToTable("invoice_terms").HasKey(row => row.PartyId);
            terms.Property(row => row.PartyId).ValueGeneratedNever();
            terms.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<ReceivableRow>(receivable =>
        {
            receivable.ToTable("receivable").HasKey(row => row.Id);
            receivable.Property(row => row.Id).ValueGeneratedNever();
            receivable.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            receivable.HasIndex(row => row.Correlator).IsUnique();
            receivable.HasIndex(row => new { row.PartyId, row.Id });
            // What is to be told is found here, whatever the number of those that are settled.
            receivable.HasIndex(row => row.DueAt).HasFilter("\"OpenNano\" > 0");
            receivable.HasIndex(row => row.Id).HasFilter("\"IsOverdueTold\"").HasDatabaseName("IX_receivable_told");
        });
        model.Entity<ReceivableEntryRow>(entry =>
        {
            entry.ToTable("receivable_entry").HasKey(row => row.Number);
            entry.HasIndex(row => row.Correlator).IsUnique();
            entry.HasIndex(row => row.ReceivableId);
            entry.HasOne<ReceivableRow>().WithMany().HasForeignKey(row => row.ReceivableId);
        });
        model.ApplyConfiguration(new RefundRequestTable());
        model.ApplyConfiguration(new InvoiceRecipientTable());
        model.ApplyConfiguration(new CallingTermsTable());
        model.ApplyConfiguration(new PasskeyTable());
        model.ApplyConfiguration(new IdentityProviderTable());
        model.ApplyConfiguration(new IdentityLinkTable());
        model.Entity<ApiKeyRow>(key =>
        {
            key.ToTable("api_key").HasKey(row => row.Id);
            key.Property(row => row.Id).ValueGeneratedNever();
            key.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            key.HasIndex(row => row.Hash).IsUnique();
            key.HasIndex(row => row.Changed);
        });
        model.Entity<VendorRow>(vendor =>
        {
            vendor.ToTable("vendor").HasKey(row => row.Id);
            vendor.Property(row => row.Apis).HasDefaultValue(VendorApis.Join(VendorApis.Default));
        });
        model.Entity<ModelRow>().ToTable("model").HasKey(row => row.Id);
        model.Entity<DeploymentRow>(deployment =>
        {
            deployment.ToTable("deployment").HasKey(row => new { row.ModelId, row.VendorId });
            deployment.HasOne<ModelRow>().WithMany().HasForeignKey(row => row.ModelId);
            deployment.HasOne<VendorRow>().WithMany().HasForeignKey(row => row.VendorId);
            // Without a sentinel of its own, a weight of 0 would be taken for one that nobody gave.
            deployment.Property(row => row.Weight).HasDefaultValue(DeploymentTraffic.WeightDefault).HasSentinel(-1);
        });
        model.Entity<SubstitutionRow>(rule =>
        {
            rule.ToTable("substitution").HasKey(row => row.Id);
            rule.Property(row => row.Id).ValueGeneratedNever();
        });
        model.Entity<TariffVersionRow>(tariff =>
        {
            tariff.ToTable("tariff_version").HasKey(row => row.Version);
            tariff.Property(row => row.Version).ValueGeneratedNever();
        });
        model.Entity<ContractRow>(contract =>
        {
            contract.ToTable("vendor_contract").HasKey(row => row.Version);
            contract.Property(row => row.Version).ValueGeneratedNever();
            contract.HasOne<VendorRow>().WithMany().HasForeignKey(row => row.VendorId).OnDelete(DeleteBehavior.Restrict);
            contract.HasOne<ModelRow>().WithMany().HasForeignKey(row => row.ModelId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<OutboxRow>(outbox =>
        {
            outbox.ToTable("outbox").HasKey(row => row.Number);
            outbox.HasIndex(row => row.DoneAt);
        });
        model.Entity<NotificationSettingsRow>(settings =>
        {
            settings.ToTable("notification_settings").HasKey(row => row.PartyId);
            settings.Property(row => row.PartyId).ValueGeneratedNever();
            settings.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<WebhookRow>(webhook =>
        {
            webhook.ToTable("webhook").HasKey(row => row.Id);
            webhook.Property(row => row.Id).ValueGeneratedNever();
            webhook.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
        });
        model.Entity<DeliveryRow>(delivery =>
        {
            // A webhook may be removed; what was sent to it stays on record.
            delivery.ToTable("delivery").HasKey(row => row.Number);
            delivery.Property(row => row.Type).HasConversion<string>();
            delivery.HasIndex(row => new { row.Position, row.Lane }).IsUnique();
            delivery.HasIndex(row => new { row.PartyId, row.Number });
            delivery.HasIndex(row => new { row.Lane, row.Position }).HasFilter($"\"State\" = {(int)DeliveryState.Pending}");
        });
        model.Entity<AutoPackPurchaseRow>(purchase =>
        {
            purchase.ToTable("auto_pack_purchase").HasKey(row => row.Id);
            purchase.Property(row => row.Id).ValueGeneratedNever();
            // Of each account at most one has not ended.
            purchase
                .HasIndex(row => row.AccountId)
                .IsUnique()
                .HasFilter("\"EndedAt\" IS NULL")
                .HasDatabaseName("IX_auto_pack_purchase_open");
            purchase.HasIndex(row => new { row.AccountId, row.Id });
        });
        model.Entity<AccountChangeRow>(change =>
        {
            change.ToTable("account_change").HasKey(row => row.Id);
            change.Property(row => row.Id).ValueGeneratedNever();
            change.HasIndex(row => new { row.AccountId, row.Key }).IsUnique();
        });
        model.Entity<StoredResponseRow>(response =>
        {
            response.ToTable("stored_response").HasKey(row => row.Number);
            response.Property(row => row.Id).IsRequired();
            response.HasIndex(row => new { row.AccountId, row.Id }).IsUnique();
            response.HasIndex(row => new { row.AccountId, row.Number });
            response.HasIndex(row => row.CreatedAt);
        });
        model.Entity<FileRow>(file =>
        {
            file.ToTable("stored_file").HasKey(row => row.Id);
            file.Property(row => row.Id).ValueGeneratedNever();
            file.HasIndex(row => new { row.AccountId, row.Id });
            file.HasIndex(row => row.CreatedAt);
        });
        model.Entity<FilePieceRow>(piece =>
        {
            piece.ToTable("stored_file_piece").HasKey(row => new { row.FileId, row.Number });
            piece.HasOne<FileRow>().WithMany().HasForeignKey(row => row.FileId);
        });
        model.Entity<BatchRow>(batch =>
        {
            // Its files may be deleted before it; it still names them.
            batch.ToTable("batch").HasKey(row => row.Id);
            batch.Property(row => row.Id).ValueGeneratedNever();
            batch.HasIndex(row => new { row.AccountId, row.Id });
            batch.HasIndex(row => row.Id).HasFilter("\"EndedAt\" IS NULL").HasDatabaseName("IX_batch_unfinished");
        });
        model.Entity<BatchLineRow>(line =>
        {
            line.ToTable("batch_line").HasKey(row => new { row.BatchId, row.Number });
            line.HasOne<BatchRow>().WithMany().HasForeignKey(row => row.BatchId);
            line.HasIndex(row => new
            {
                row.BatchId,
                row.State,
                row.Number,
            });
        });
        model.Entity<SignInChallengeRow>(challenge =>
        {
            challenge.ToTable("sign_in_challenge").HasKey(row => row.Id);
            challenge.HasIndex(row => row.AskedAt);
        });
        model.Entity<SignInAttemptRow>(attempt =>
        {
            attempt.ToTable("sign_in_attempt").HasKey(row => row.Number);
            attempt.HasIndex(row => new { row.PhoneNumber, row.At });
            attempt.HasIndex(row => new { row.Address, row.At });
            attempt.HasIndex(row => row.At);
        });
        model.Entity<SessionRow>(session =>
        {
            session.ToTable("session").HasKey(row => row.Id);
            session.Property(row => row.Id).ValueGeneratedNever();
            session.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
            session.HasIndex(row => row.PhoneNumber);
            session.HasIndex(row => row.SecretHash).IsUnique();
            session.HasIndex(row => row.CreatedAt);
        });
        model.Entity<QualityDayRow>(quality =>
        {
            quality.ToTable("quality_day").HasKey(row => new { row.Day, row.Deployment }); // days first: what is read is a range of them
            quality.HasIndex(row => new { row.Model, row.Day });
        });
        model.Entity<StaffRow>(staff =>
        {
            staff.ToTable("staff").HasKey(row => row.Id);
            staff.Property(row => row.Id).ValueGeneratedNever();
            staff.HasIndex(row => row.LivePhoneNumber).IsUnique();
            staff.HasIndex(row => row.Vendor);
        });
        model.Entity<AuditEntryRow>(entry =>
        {
            entry.ToTable("audit_entry").HasKey(row => row.Number);
            entry.Property(row => row.Number).ValueGeneratedNever();
            entry.HasIndex(row => row.Of);
            entry.HasIndex(row => new { row.ActorId, row.Number });
            entry.HasIndex(row => new { row.PartyId, row.Number });
            entry.HasIndex(row => new { row.SubjectId, row.Number });
        });
        model.Entity<SettingRow>().ToTable("setting").HasKey(row => row.Name);
        model.Entity<WhatIfRow>(run =>
        {
            run.ToTable("what_if_run").HasKey(row => row.Id);
            run.HasIndex(row => row.AskedAt);
            run.HasIndex(row => row.State);
        });
        model.Entity<RunningSettingRow>().ToTable("running_setting").HasKey(row => row.Name);
        model.Entity<ProtectionKeyRow>().ToTable("protection_key").HasKey(row => row.Number);
        model.Entity<ConfigurationVersionRow>(version =>
        {
            version.ToTable("configuration_version").HasKey(row => row.Area);
            version.HasData(ConfigurationAreas.All.Select(area => new ConfigurationVersionRow { Area = area }));
        });
    }
}

/// <summary>UTC as text of fixed width: exact to 100 ns, readable, and in the order of time when compared as text.</summary>
internal sealed class InstantConverter()
    : ValueConverter<DateTimeOffset, string>(
        instant => instant.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture),
        text => new DateTimeOffset(
            DateTime.ParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)
        )
    )
{
    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
}

internal sealed class IdConverter<T>() : ValueConverter<Id<T>, long>(id => id.Value, value => new Id<T>(value))
    where T : IIdKind;

/// <summary>For <c>dotnet ef</c>, and for warming up: it opens nothing.</summary>
internal sealed class ManagementDbDesign : IDesignTimeDbContextFactory<ManagementDb>
{
    public ManagementDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<ManagementDb>();
        options.UseFile("design.db");
        return new(options.Options);
    }
}
