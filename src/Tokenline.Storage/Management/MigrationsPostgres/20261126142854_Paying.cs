using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126142854_Paying")]
    public class Paying : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Method",
                schema: "management",
                table: "subscription_payment",
                type: "integer",
                nullable: false,
                defaultValue: 1
            );

            migrationBuilder.AddColumn<string>(
                name: "Challenge",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<int>(
                name: "CodesSent",
                schema: "management",
                table: "product_order",
                type: "integer",
                nullable: false,
                defaultValue: 0
            );

            migrationBuilder.AddColumn<string>(
                name: "ConfirmBy",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<int>(
                name: "Confirmation",
                schema: "management",
                table: "product_order",
                type: "integer",
                nullable: false,
                defaultValue: 0
            );

            migrationBuilder.AddColumn<string>(
                name: "Extras",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<int>(
                name: "Method",
                schema: "management",
                table: "product_order",
                type: "integer",
                nullable: false,
                defaultValue: 1
            );

            migrationBuilder.AddColumn<string>(
                name: "PurchaseOrder",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<string>(
                name: "Reservation",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<string>(
                name: "Voucher",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<long>(name: "BundleId", schema: "management", table: "product", type: "bigint", nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Reference",
                schema: "management",
                table: "product",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.CreateTable(
                name: "invoice_terms",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    NetDays = table.Column<int>(type: "integer", nullable: false),
                    CreditLimitNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PurchaseOrder = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    NeedsPurchaseOrder = table.Column<bool>(type: "boolean", nullable: false),
                    AgreedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    IsEnded = table.Column<bool>(type: "boolean", nullable: false),
                    OpenNano = table.Column<long>(type: "bigint", nullable: false),
                    CreditNano = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice_terms", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_invoice_terms_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "one_click_consent",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PerOrderNano = table.Column<long>(type: "bigint", nullable: false),
                    PerMonthNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    AskedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Challenge = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    GivenAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_one_click_consent", x => x.Number);
                    table.ForeignKey(
                        name: "FK_one_click_consent_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "receivable",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Correlator = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AmountNano = table.Column<long>(type: "bigint", nullable: false),
                    OpenNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PurchaseOrder = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    IssuedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DueAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SettledAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    IsOverdueTold = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receivable", x => x.Id);
                    table.ForeignKey(
                        name: "FK_receivable_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "referral",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    ReferrerId = table.Column<long>(type: "bigint", nullable: false),
                    ReferredId = table.Column<long>(type: "bigint", nullable: false),
                    LiveId = table.Column<long>(type: "bigint", nullable: true),
                    OrderId = table.Column<long>(type: "bigint", nullable: false),
                    Bonus = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    DueAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_referral", x => x.Number);
                    table.ForeignKey(
                        name: "FK_referral_product_order_OrderId",
                        column: x => x.OrderId,
                        principalSchema: "management",
                        principalTable: "product_order",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "referral_code",
                schema: "management",
                columns: table => new
                {
                    Code = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_referral_code", x => x.Code);
                    table.ForeignKey(
                        name: "FK_referral_code_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "top_up",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    AmountNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Source = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExternalId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reference = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_top_up", x => x.Id);
                    table.ForeignKey(
                        name: "FK_top_up_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "voucher",
                schema: "management",
                columns: table => new
                {
                    Code = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Type = table.Column<int>(type: "integer", nullable: false),
                    Percent = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AmountNano = table.Column<long>(type: "bigint", nullable: true),
                    Currency = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Bonus = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Uses = table.Column<int>(type: "integer", nullable: true),
                    PerCustomer = table.Column<int>(type: "integer", nullable: true),
                    From = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    To = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Offerings = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Note = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Used = table.Column<int>(type: "integer", nullable: false),
                    IsEnded = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_voucher", x => x.Code);
                }
            );

            migrationBuilder.CreateTable(
                name: "wallet",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    BalanceNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_wallet", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_wallet_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "receivable_entry",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Correlator = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ReceivableId = table.Column<long>(type: "bigint", nullable: true),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Type = table.Column<int>(type: "integer", nullable: false),
                    AmountNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Reference = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receivable_entry", x => x.Number);
                    table.ForeignKey(
                        name: "FK_receivable_entry_receivable_ReceivableId",
                        column: x => x.ReceivableId,
                        principalSchema: "management",
                        principalTable: "receivable",
                        principalColumn: "Id"
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "voucher_use",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Code = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    OrderId = table.Column<long>(type: "bigint", nullable: false),
                    Slot = table.Column<int>(type: "integer", nullable: true),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    GivenBackAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_voucher_use", x => x.Number);
                    table.ForeignKey(
                        name: "FK_voucher_use_product_order_OrderId",
                        column: x => x.OrderId,
                        principalSchema: "management",
                        principalTable: "product_order",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "FK_voucher_use_voucher_Code",
                        column: x => x.Code,
                        principalSchema: "management",
                        principalTable: "voucher",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "wallet_movement",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Correlator = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Type = table.Column<int>(type: "integer", nullable: false),
                    AskedNano = table.Column<long>(type: "bigint", nullable: false),
                    AmountNano = table.Column<long>(type: "bigint", nullable: false),
                    BalanceNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Of = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reference = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_wallet_movement", x => x.Number);
                    table.ForeignKey(
                        name: "FK_wallet_movement_wallet_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "wallet",
                        principalColumn: "PartyId",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_order_pending",
                schema: "management",
                table: "product_order",
                column: "ConfirmBy",
                filter: "\"State\" = 6"
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_BundleId",
                schema: "management",
                table: "product",
                column: "BundleId",
                filter: "\"BundleId\" IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "IX_one_click_consent_PartyId",
                schema: "management",
                table: "one_click_consent",
                column: "PartyId"
            );

            migrationBuilder.CreateIndex(
                name: "IX_receivable_Correlator",
                schema: "management",
                table: "receivable",
                column: "Correlator",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_receivable_DueAt",
                schema: "management",
                table: "receivable",
                column: "DueAt",
                filter: "\"OpenNano\" > 0"
            );

            migrationBuilder.CreateIndex(
                name: "IX_receivable_PartyId_Id",
                schema: "management",
                table: "receivable",
                columns: new[] { "PartyId", "Id" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_receivable_told",
                schema: "management",
                table: "receivable",
                column: "Id",
                filter: "\"IsOverdueTold\""
            );

            migrationBuilder.CreateIndex(
                name: "IX_receivable_entry_Correlator",
                schema: "management",
                table: "receivable_entry",
                column: "Correlator",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_receivable_entry_ReceivableId",
                schema: "management",
                table: "receivable_entry",
                column: "ReceivableId"
            );

            migrationBuilder.CreateIndex(
                name: "IX_referral_LiveId",
                schema: "management",
                table: "referral",
                column: "LiveId",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_referral_OrderId",
                schema: "management",
                table: "referral",
                column: "OrderId",
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_referral_ReferrerId", schema: "management", table: "referral", column: "ReferrerId");

            migrationBuilder.CreateIndex(
                name: "IX_referral_due",
                schema: "management",
                table: "referral",
                column: "DueAt",
                filter: "\"State\" = 1"
            );

            migrationBuilder.CreateIndex(
                name: "IX_referral_code_PartyId",
                schema: "management",
                table: "referral_code",
                column: "PartyId",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_top_up_PartyId_ExternalId",
                schema: "management",
                table: "top_up",
                columns: new[] { "PartyId", "ExternalId" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_top_up_open",
                schema: "management",
                table: "top_up",
                column: "Id",
                filter: "\"State\" = 1"
            );

            migrationBuilder.CreateIndex(
                name: "IX_voucher_use_Code_PartyId_Slot",
                schema: "management",
                table: "voucher_use",
                columns: new[] { "Code", "PartyId", "Slot" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_voucher_use_OrderId", schema: "management", table: "voucher_use", column: "OrderId");

            migrationBuilder.CreateIndex(
                name: "IX_wallet_movement_Correlator",
                schema: "management",
                table: "wallet_movement",
                column: "Correlator",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_wallet_movement_Of",
                schema: "management",
                table: "wallet_movement",
                column: "Of",
                filter: "\"Of\" IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "IX_wallet_movement_PartyId_Number",
                schema: "management",
                table: "wallet_movement",
                columns: new[] { "PartyId", "Number" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "invoice_terms", schema: "management");

            migrationBuilder.DropTable(name: "one_click_consent", schema: "management");

            migrationBuilder.DropTable(name: "receivable_entry", schema: "management");

            migrationBuilder.DropTable(name: "referral", schema: "management");

            migrationBuilder.DropTable(name: "referral_code", schema: "management");

            migrationBuilder.DropTable(name: "top_up", schema: "management");

            migrationBuilder.DropTable(name: "voucher_use", schema: "management");

            migrationBuilder.DropTable(name: "wallet_movement", schema: "management");

            migrationBuilder.DropTable(name: "receivable", schema: "management");

            migrationBuilder.DropTable(name: "voucher", schema: "management");

            migrationBuilder.DropTable(name: "wallet", schema: "management");

            migrationBuilder.DropIndex(name: "IX_product_order_pending", schema: "management", table: "product_order");

            migrationBuilder.DropIndex(name: "IX_product_BundleId", schema: "management", table: "product");

            migrationBuilder.DropColumn(name: "Method", schema: "management", table: "subscription_payment");

            migrationBuilder.DropColumn(name: "Challenge", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "CodesSent", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "ConfirmBy", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Confirmation", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Extras", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Method", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "PurchaseOrder", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Reservation", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Voucher", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "BundleId", schema: "management", table: "product");

            migrationBuilder.DropColumn(name: "Reference", schema: "management", table: "product");
        }
    }
}
