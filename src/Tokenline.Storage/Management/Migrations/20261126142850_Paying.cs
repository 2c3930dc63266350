using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126142850_Paying")]
    public class Paying : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Method",
                table: "subscription_payment",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<string>(
                name: "Challenge",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "CodesSent",
                table: "product_order",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "ConfirmBy",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Confirmation",
                table: "product_order",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Extras",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Method",
                table: "product_order",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.AddColumn<string>(
                name: "PurchaseOrder",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Reservation",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Voucher",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "BundleId",
                table: "product",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Reference",
                table: "product",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "invoice_terms",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    NetDays = table.Column<int>(type: "INTEGER", nullable: false),
                    CreditLimitNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    PurchaseOrder = table.Column<string>(type: "TEXT", nullable: true),
                    NeedsPurchaseOrder = table.Column<bool>(type: "INTEGER", nullable: false),
                    AgreedAt = table.Column<string>(type: "TEXT", nullable: false),
                    IsEnded = table.Column<bool>(type: "INTEGER", nullable: false),
                    OpenNano = table.Column<long>(type: "INTEGER", nullable: false),
                    CreditNano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice_terms", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_invoice_terms_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "one_click_consent",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    PhoneNumber = table.Column<string>(type: "TEXT", nullable: false),
                    PerOrderNano = table.Column<long>(type: "INTEGER", nullable: false),
                    PerMonthNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    AskedAt = table.Column<string>(type: "TEXT", nullable: false),
                    Challenge = table.Column<string>(type: "TEXT", nullable: false),
                    GivenAt = table.Column<string>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_one_click_consent", x => x.Number);
                    table.ForeignKey(
                        name: "FK_one_click_consent_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "receivable",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Correlator = table.Column<string>(type: "TEXT", nullable: false),
                    AmountNano = table.Column<long>(type: "INTEGER", nullable: false),
                    OpenNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Description = table.Column<string>(type: "TEXT", nullable: false),
                    PurchaseOrder = table.Column<string>(type: "TEXT", nullable: true),
                    IssuedAt = table.Column<string>(type: "TEXT", nullable: false),
                    DueAt = table.Column<string>(type: "TEXT", nullable: false),
                    SettledAt = table.Column<string>(type: "TEXT", nullable: true),
                    IsOverdueTold = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receivable", x => x.Id);
                    table.ForeignKey(
                        name: "FK_receivable_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "referral",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    ReferrerId = table.Column<long>(type: "INTEGER", nullable: false),
                    ReferredId = table.Column<long>(type: "INTEGER", nullable: false),
                    LiveId = table.Column<long>(type: "INTEGER", nullable: true),
                    OrderId = table.Column<long>(type: "INTEGER", nullable: false),
                    Bonus = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<string>(type: "TEXT", nullable: false),
                    DueAt = table.Column<string>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_referral", x => x.Number);
                    table.ForeignKey(
                        name: "FK_referral_product_order_OrderId",
                        column: x => x.OrderId,
                        principalTable: "product_order",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "referral_code",
                columns: table => new
                {
                    Code = table.Column<string>(type: "TEXT", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_referral_code", x => x.Code);
                    table.ForeignKey(
                        name: "FK_referral_code_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "top_up",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    AmountNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Source = table.Column<int>(type: "INTEGER", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    ExternalId = table.Column<string>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true),
                    Reference = table.Column<string>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_top_up", x => x.Id);
                    table.ForeignKey(
                        name: "FK_top_up_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "voucher",
                columns: table => new
                {
                    Code = table.Column<string>(type: "TEXT", nullable: false),
                    Type = table.Column<int>(type: "INTEGER", nullable: false),
                    Percent = table.Column<string>(type: "TEXT", nullable: true),
                    AmountNano = table.Column<long>(type: "INTEGER", nullable: true),
                    Currency = table.Column<string>(type: "TEXT", nullable: true),
                    Bonus = table.Column<string>(type: "TEXT", nullable: true),
                    Uses = table.Column<int>(type: "INTEGER", nullable: true),
                    PerCustomer = table.Column<int>(type: "INTEGER", nullable: true),
                    From = table.Column<string>(type: "TEXT", nullable: true),
                    To = table.Column<string>(type: "TEXT", nullable: true),
                    Offerings = table.Column<string>(type: "TEXT", nullable: true),
                    Note = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    Used = table.Column<int>(type: "INTEGER", nullable: false),
                    IsEnded = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_voucher", x => x.Code);
                });

            migrationBuilder.CreateTable(
                name: "wallet",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    BalanceNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_wallet", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_wallet_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "receivable_entry",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Correlator = table.Column<string>(type: "TEXT", nullable: false),
                    ReceivableId = table.Column<long>(type: "INTEGER", nullable: true),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Type = table.Column<int>(type: "INTEGER", nullable: false),
                    AmountNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<string>(type: "TEXT", nullable: false),
                    Reference = table.Column<string>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receivable_entry", x => x.Number);
                    table.ForeignKey(
                        name: "FK_receivable_entry_receivable_ReceivableId",
                        column: x => x.ReceivableId,
                        principalTable: "receivable",
                        principalColumn: "Id");
                });

            migrationBuilder.CreateTable(
                name: "voucher_use",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Code = table.Column<string>(type: "TEXT", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    OrderId = table.Column<long>(type: "INTEGER", nullable: false),
                    Slot = table.Column<int>(type: "INTEGER", nullable: true),
                    At = table.Column<string>(type: "TEXT", nullable: false),
                    GivenBackAt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_voucher_use", x => x.Number);
                    table.ForeignKey(
                        name: "FK_voucher_use_product_order_OrderId",
                        column: x => x.OrderId,
                        principalTable: "product_order",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_voucher_use_voucher_Code",
                        column: x => x.Code,
                        principalTable: "voucher",
                        principalColumn: "Code",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "wallet_movement",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Correlator = table.Column<string>(type: "TEXT", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Type = table.Column<int>(type: "INTEGER", nullable: false),
                    AskedNano = table.Column<long>(type: "INTEGER", nullable: false),
                    AmountNano = table.Column<long>(type: "INTEGER", nullable: false),
                    BalanceNano = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Description = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<string>(type: "TEXT", nullable: false),
                    Of = table.Column<string>(type: "TEXT", nullable: true),
                    Reference = table.Column<string>(type: "TEXT", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_wallet_movement", x => x.Number);
                    table.ForeignKey(
                        name: "FK_wallet_movement_wallet_PartyId",
                        column: x => x.PartyId,
                        principalTable: "wallet",
                        principalColumn: "PartyId",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_product_order_pending",
                table: "product_order",
                column: "ConfirmBy",
                filter: "\"State\" = 6");

            migrationBuilder.CreateIndex(
                name: "IX_product_BundleId",
                table: "product",
                column: "BundleId",
                filter: "\"BundleId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_one_click_consent_PartyId",
                table: "one_click_consent",
                column: "PartyId");

            migrationBuilder.CreateIndex(
                name: "IX_receivable_Correlator",
                table: "receivable",
                column: "Correlator",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_receivable_DueAt",
                table: "receivable",
                column: "DueAt",
                filter: "\"OpenNano\" > 0");

            migrationBuilder.CreateIndex(
                name: "IX_receivable_PartyId_Id",
                table: "receivable",
                columns: new[] { "PartyId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_receivable_told",
                table: "receivable",
                column: "Id",
                filter: "\"IsOverdueTold\"");

            migrationBuilder.CreateIndex(
                name: "IX_receivable_entry_Correlator",
                table: "receivable_entry",
                column: "Correlator",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_receivable_entry_ReceivableId",
                table: "receivable_entry",
                column: "ReceivableId");

            migrationBuilder.CreateIndex(
                name: "IX_referral_LiveId",
                table: "referral",
                column: "LiveId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_referral_OrderId",
                table: "referral",
                column: "OrderId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_referral_ReferrerId",
                table: "referral",
                column: "ReferrerId");

            migrationBuilder.CreateIndex(
                name: "IX_referral_due",
                table: "referral",
                column: "DueAt",
                filter: "\"State\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_referral_code_PartyId",
                table: "referral_code",
                column: "PartyId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_top_up_PartyId_ExternalId",
                table: "top_up",
                columns: new[] { "PartyId", "ExternalId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_top_up_open",
                table: "top_up",
                column: "Id",
                filter: "\"State\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_voucher_use_Code_PartyId_Slot",
                table: "voucher_use",
                columns: new[] { "Code", "PartyId", "Slot" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_voucher_use_OrderId",
                table: "voucher_use",
                column: "OrderId");

            migrationBuilder.CreateIndex(
                name: "IX_wallet_movement_Correlator",
                table: "wallet_movement",
                column: "Correlator",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_wallet_movement_Of",
                table: "wallet_movement",
                column: "Of",
                filter: "\"Of\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_wallet_movement_PartyId_Number",
                table: "wallet_movement",
                columns: new[] { "PartyId", "Number" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "invoice_terms");

            migrationBuilder.DropTable(
                name: "one_click_consent");

            migrationBuilder.DropTable(
                name: "receivable_entry");

            migrationBuilder.DropTable(
                name: "referral");

            migrationBuilder.DropTable(
                name: "referral_code");

            migrationBuilder.DropTable(
                name: "top_up");

            migrationBuilder.DropTable(
                name: "voucher_use");

            migrationBuilder.DropTable(
                name: "wallet_movement");

            migrationBuilder.DropTable(
                name: "receivable");

            migrationBuilder.DropTable(
                name: "voucher");

            migrationBuilder.DropTable(
                name: "wallet");

            migrationBuilder.DropIndex(
                name: "IX_product_order_pending",
                table: "product_order");

            migrationBuilder.DropIndex(
                name: "IX_product_BundleId",
                table: "product");

            migrationBuilder.DropColumn(
                name: "Method",
                table: "subscription_payment");

            migrationBuilder.DropColumn(
                name: "Challenge",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "CodesSent",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "ConfirmBy",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Confirmation",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Extras",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Method",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "PurchaseOrder",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Reservation",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Voucher",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "BundleId",
                table: "product");

            migrationBuilder.DropColumn(
                name: "Reference",
                table: "product");
        }
    }
}
